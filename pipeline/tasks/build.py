"""Write one task's images and labels as tars, with the test labels kept apart."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import StudyError
from pipeline.io.images import encode_png
from pipeline.io.shards import open_shard
from pipeline.io.tables import read_table, write_table
from pipeline.step import Job
from pipeline.tasks.challenge import Entry, read_rows
from pipeline.tasks.defects import Defect
from pipeline.tasks.params import TasksParams
from pipeline.tasks.reading import Archive, archive_of
from pipeline.tasks.samples import Label, Sample
from pipeline.tasks.tables import TASKS, TEST_LABELS


def _entries(archive: Archive, planned: pd.DataFrame) -> dict[str, Entry]:
    """Find the raw row of every planned sample, by folder, CSV file and row number."""
    places = zip(planned["archive"], planned["csv"], planned["row"], strict=True)
    wanted = dict(zip(places, planned["sample"], strict=True))
    found: dict[str, Entry] = {}
    for row in read_rows(archive.roots):
        sample = wanted.get((row.archive, row.csv, row.number))
        if sample is None:
            continue
        entry = archive.entry(row)
        if entry.sample != sample:
            raise Defect("missing_image", "the row lists another image")
        found[sample] = entry
    if len(found) != len(planned):
        raise Defect("missing_image", "a planned row is gone")
    return found


def _samples(
    archive: Archive, task: str, planned: pd.DataFrame
) -> Iterator[tuple[Mapping[str, Any], Sample]]:
    """Yield each planned row with its image and label, in the order of the sample keys.

    Raises StudyError when the raw data is no longer what was planned.
    """
    try:
        entries = _entries(archive, planned)
        for record in planned.sort_values("sample").to_dict("records"):
            row = {str(name): value for name, value in record.items()}
            sample = archive.sample(entries[row["sample"]])
            if sample.image_sha256 != row["image_sha256"]:
                raise Defect("unreadable_image", "the pixels are not those that were planned")
            yield row, sample
    except Defect as defect:
        raise StudyError(
            f"task {task}: the labelled data changed after it was planned ({defect.detail}); "
            "run `snakemake --forcerun tasks_plan`"
        ) from None


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "task": row["task"],
        "sample": row["sample"],
        "group": row["group"],
        "height": int(row["height"]),
        "width": int(row["width"]),
    }


def _labelled_parts(row: Mapping[str, Any], sample: Sample) -> dict[str, bytes]:
    label = sample.label
    values = {"label": label.label, "box": label.box, "points": label.points}
    given = {name: value for name, value in values.items() if value is not None}
    parts = {
        "image.png": encode_png(sample.image),
        "json": json.dumps({**_described(row), **given}, sort_keys=True).encode(),
    }
    if label.mask is not None:
        parts["mask.png"] = encode_png(label.mask)
    return parts


def _unlabelled_parts(row: Mapping[str, Any], sample: Sample) -> dict[str, bytes]:
    return {
        "image.png": encode_png(sample.image),
        "json": json.dumps(_described(row), sort_keys=True).encode(),
    }


def _test_label(row: Mapping[str, Any], label: Label) -> dict[str, Any]:
    return {
        **_described(row),
        "label": label.label,
        "box": label.box,
        "points": None if label.points is None else [value for xy in label.points for value in xy],
        "mask": None if label.mask is None else encode_png(label.mask),
    }


def build_task(
    task: str,
    archive: Archive,
    *,
    tasks: Path,
    train: Path,
    val: Path,
    test: Path,
    test_labels: Path,
) -> dict[str, float]:
    """Write the three tars and the test labels of one task; return the images per split.

    A sample is `<key>.image.png` and `<key>.json` (task, sample, group, height, width; in train
    and val also `label`, `box` as x0, y0, x1, y1 or `points` as x, y pairs, in pixels), and in
    segmentation `<key>.mask.png`. The test tar holds no label in any form.
    """
    table = read_table(tasks, TASKS)
    planned = table[table["task"] == task]
    labels: list[dict[str, Any]] = []
    with ExitStack() as stack:
        shards = {
            split: stack.enter_context(open_shard(path))
            for split, path in (("train", train), ("val", val), ("test", test))
        }
        for row, sample in _samples(archive, task, planned):
            if row["split"] == "test":
                shards["test"].add(row["sample"], _unlabelled_parts(row, sample))
                labels.append(_test_label(row, sample.label))
            else:
                shards[row["split"]].add(row["sample"], _labelled_parts(row, sample))
    write_table(labels, TEST_LABELS, test_labels)
    return {split: float((planned["split"] == split).sum()) for split in shards}


def main() -> None:
    """Run the step from the command line."""
    with Job.from_command_line() as job:
        counts = build_task(
            job.value("workflow.task"),
            archive_of(
                job.section(TasksParams), [Path(root) for root in job.value("local.raw_tasks")]
            ),
            tasks=job.input("tasks"),
            train=job.output("train"),
            val=job.output("val"),
            test=job.output("test"),
            test_labels=job.output("test_labels"),
        )
        job.log_metrics(counts)


if __name__ == "__main__":
    main()
