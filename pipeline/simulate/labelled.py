"""Write the 27 simulated tasks in the folder layout of the FM_UIA 2026 challenge."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.io.atomic import write_json
from pipeline.io.trees import summarise_tree
from pipeline.simulate.challenge_layout import write_collection
from pipeline.simulate.challenge_sources import COLLECTIONS, Collection
from pipeline.simulate.folder import simulated_folder
from pipeline.simulate.params import SimulateParams
from pipeline.step import Job
from pipeline.tasks.catalogue import Task, load_catalogue

REPORT_EVERY = 5


@dataclass(frozen=True)
class LabelledManifest:
    """What was written. `tree_sha256` is the digest of `pipeline.io.trees.summarise_tree`."""

    tasks: int
    images: int
    files: int
    bytes: int
    tree_sha256: str


def simulate_labelled(
    params: SimulateParams,
    seed: int,
    raw_tasks_folder: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> LabelledManifest:
    """Write the labelled archive in place of `raw_tasks_folder`, whole or not at all.

    Raises StudyError when the folder holds something that no simulation wrote.
    """
    tasks = load_catalogue()
    collections = serving(COLLECTIONS, tasks)
    quotas = rows_per_table(collections, tasks, params)
    images = 0
    with simulated_folder(raw_tasks_folder) as folder:
        for done, collection in enumerate(collections, start=1):
            images += write_collection(folder, collection, quotas, tasks, params, seed)
            if done % REPORT_EVERY == 0:
                progress(f"{done} of {len(collections)} image collections written")
        tree = summarise_tree(folder)
    return LabelledManifest(len(tasks), images, tree.files, tree.bytes, tree.tree_sha256)


def serving(collections: Iterable[Collection], tasks: Mapping[str, Task]) -> list[Collection]:
    """Return the collections that serve tasks of the catalogue, with those tasks' tables only.

    Raises StudyError naming tasks that no collection can be drawn for.
    """
    known = {task for each in collections for task in each.tables.values()}
    if unknown := sorted(set(tasks) - known):
        raise StudyError(
            f"pipeline/tasks/catalogue.csv: the simulator cannot draw {unknown}; take them out, or "
            "give their images with tasks.source: fm_uia"
        )
    kept = [
        replace(each, tables={name: task for name, task in each.tables.items() if task in tasks})
        for each in collections
    ]
    return [each for each in kept if each.tables]


def rows_per_table(
    collections: Iterable[Collection], tasks: Mapping[str, Task], params: SimulateParams
) -> dict[str, int]:
    """Return the number of rows of each CSV: a task's images spread evenly over its CSVs."""
    served = {name: tasks[task] for each in collections for name, task in each.tables.items()}
    tables = Counter(task.id for task in served.values())
    return {
        name: ceil(images_of_task(task, params) / tables[task.id]) for name, task in served.items()
    }


def images_of_task(task: Task, params: SimulateParams) -> int:
    """Return how many labelled images a task gets."""
    if task.type != "classification":
        return params.task_images
    return max(params.task_images, task.num_classes * params.task_images_per_class)


def main() -> None:
    """Run the step: the archive goes to `local.raw_tasks`, its manifest is the output."""
    with Job.from_command_line() as job:
        manifest = simulate_labelled(
            job.section(SimulateParams), job.seed, Path(job.value("local.raw_tasks")), job.progress
        )
        write_json(job.output("manifest"), asdict(manifest))
        job.log_metrics(
            {name: value for name, value in asdict(manifest).items() if name != "tree_sha256"}
        )


if __name__ == "__main__":
    main()
