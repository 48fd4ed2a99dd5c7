"""Write the simulated archive: patients with studies of stills and cines, as DICOM files."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pipeline.io.atomic import write_json
from pipeline.io.trees import summarise_tree
from pipeline.simulate.folder import simulated_folder
from pipeline.simulate.foreign import bad_files, real_objects
from pipeline.simulate.objects import make_object
from pipeline.simulate.params import SimulateParams
from pipeline.simulate.plan import plan_cohort
from pipeline.simulate.probes import Probe, ProbeKind
from pipeline.simulate.screen import layout
from pipeline.step import Job

REPORT_EVERY = 40


@dataclass(frozen=True)
class CohortManifest:
    """What was written; it names no file and no patient.

    `tree_sha256` is the digest of `pipeline.io.trees.summarise_tree`.
    """

    patients: int
    studies: int
    files: int
    bytes: int
    tree_sha256: str


def simulate_cohort(
    params: SimulateParams,
    seed: int,
    raw_folder: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> CohortManifest:
    """Write the archive in place of `raw_folder`, whole or not at all, and return its manifest.

    Raises StudyError when `raw_folder` holds something that no simulation wrote.
    """
    with simulated_folder(raw_folder) as folder:
        patients, studies = _write_objects(params, seed, folder, progress)
        tree = summarise_tree(folder)
    return CohortManifest(patients, studies, tree.files, tree.bytes, tree.tree_sha256)


def _write_objects(
    params: SimulateParams, seed: int, folder: Path, progress: Callable[[str], None]
) -> tuple[int, int]:
    """Write all files; return the numbers of patients and studies."""
    screen = layout(params)

    @cache
    def probe(kind: ProbeKind) -> Probe:
        return Probe(kind, screen.bottom - screen.top, screen.right - screen.left)

    persons, studies = set(), set()
    foreign = real_objects() if params.real_objects else {}
    for count, instance in enumerate(plan_cohort(params, seed), start=1):
        content = make_object(instance, screen, probe(instance.study.anatomy.probe))
        _write(folder / instance.path, content)
        if count == 1 and params.bad_files:
            foreign |= bad_files(instance, content, screen)
        persons.add(instance.study.person.patient_id)
        studies.add(instance.study.uid)
        if count % REPORT_EVERY == 0:
            progress(f"{count} objects of {len(persons)} of {params.patients} patients written")
    for name, content in foreign.items():
        _write(folder / name, content)
    return len(persons), len(studies)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main() -> None:
    """Run the step: the archive goes to `local.raw`, its manifest is the output."""
    with Job.from_command_line() as job:
        manifest = simulate_cohort(
            job.section(SimulateParams), job.seed, Path(job.value("local.raw")), job.progress
        )
        write_json(job.output("manifest"), asdict(manifest))
        job.log_metrics(
            {name: value for name, value in asdict(manifest).items() if name != "tree_sha256"}
        )


if __name__ == "__main__":
    main()
