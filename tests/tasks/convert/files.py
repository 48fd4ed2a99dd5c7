"""Files in the formats that data sets are published in, and what a conversion must always hold."""

import csv
import io
import json
import pickle
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import PIL.Image
import SimpleITK as sitk  # noqa: N813 - the name that its users know

from pipeline.tasks.build import build_task
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.convert.__main__ import CONVERTERS
from pipeline.tasks.convert.source import Source
from pipeline.tasks.convert.writer import convert
from pipeline.tasks.reading import archive_of
from pipeline.tasks.samples import read_image
from tests.challenge_layout import speckle
from tests.tasks.settings import Planned, changed

HEIGHT, WIDTH = 40, 56
Form = Literal["grey", "1-bit", "palette", "rgb", "rgba"]
Array = npt.NDArray[Any]


def picture(number: int) -> Array:
    """Return a grey image that differs for every number."""
    return speckle(number, HEIGHT, WIDTH)


def blob(number: int = 0, value: int = 1) -> Array:
    """Return a mask with one rectangle, a little elsewhere for every number."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[8 + number % 5 : 20, 10:30] = value
    return mask


def encoded(array: Array, kind: str = "PNG", **options: Any) -> bytes:
    """Return an array as a file of any format that PIL writes."""
    buffer = io.BytesIO()
    PIL.Image.fromarray(array).save(buffer, kind, **options)
    return buffer.getvalue()


def binary_png(mask: Array, form: Form) -> bytes:
    """Return a mask of 0 and 1 as black and white PNG in one of five pixel formats."""
    white = (mask * 255).astype(np.uint8)
    image = PIL.Image.fromarray(white)
    match form:
        case "grey":
            pass
        case "1-bit":
            image = image.convert("1")
        case "palette":
            # White is index 3, so that the index is not mistaken for the level.
            image = PIL.Image.fromarray((mask * 3).astype(np.uint8), "P")
            image.putpalette([0, 0, 0, 9, 9, 9, 9, 9, 9, 255, 255, 255])
        case "rgb":
            image = image.convert("RGB")
        case "rgba":
            # Opaque everywhere: the alpha channel is no mask.
            image = image.convert("RGBA")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def write(path: Path, content: bytes | str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_volume(path: Path, array: Array) -> Path:
    """Write an array with SimpleITK, in the format of its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(sitk.GetImageFromArray(array), str(path))
    return path


def structures_npy(mask_of: dict[str, Array], image: Array) -> bytes:
    """Return what FASS publishes: a pickled dictionary inside a .npy file."""
    buffer = io.BytesIO()
    held = np.array({"image": image, "structures": mask_of}, dtype=object)
    np.save(buffer, held, allow_pickle=True)
    return buffer.getvalue()


def old_numpy_npy(value: object) -> bytes:
    """Return a .npy file of one object as numpy 1 pickled it."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": "|O", "fortran_order": False, "shape": ()}
    )
    held = np.array(value, dtype=object)
    return buffer.getvalue() + pickle.dumps(held, 2).replace(b"numpy._core", b"numpy.core")


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def rows_of(out: Path, task: str) -> list[dict[str, str]]:
    """Return a converted task's rows."""
    (path,) = (out / "csv_files").glob(f"*.{task}.csv")
    return read_csv(path)


def mask_of(out: Path, row: dict[str, str]) -> Array:
    """Return the mask that a row names."""
    return np.asarray(PIL.Image.open(out / "csv_files" / row["mask_path"]))


def refused(out: Path) -> set[tuple[str, str, str]]:
    """Return (name of the file, task, reason) of every line of quarantine.csv."""
    lines = read_csv(out / "quarantine.csv")
    return {(Path(line["file"]).name, line["task"], line["reason"]) for line in lines}


def refused_beyond(out: Path, usual: str = "not_converted") -> set[tuple[str, str, str]]:
    """Return what was refused beyond what every copy of the data set has."""
    return {line for line in refused(out) if line[2] != usual}


def run(dataset: str, root: Path, out: Path, **options: Any) -> dict[str, Any]:
    """Convert, and check what must hold of every conversion."""
    source = Source(root)
    summary = convert(dataset, source, CONVERTERS[dataset](source, **options), out)
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    lines = read_csv(out / "quarantine.csv")
    whole = [line["file"] for line in lines if not line["task"]]
    assert len(whole) == len(set(whole))
    assert set(whole).isdisjoint(source.used)
    assert set(whole) | set(source.used) == files
    assert summary["files_found"] == len(files)
    assert sum(summary["files_used"].values()) == len(source.used)
    assert sum(summary["files_quarantined"].values()) == len(whole)
    assert json.loads((out / "conversion.json").read_text()) == summary
    for table in (out / "csv_files").glob("*.csv"):
        for row in read_csv(table):
            _check_row(out, row)
    return summary


def _check_row(out: Path, row: dict[str, str]) -> None:
    task = load_catalogue()[row["task_id"]]
    assert row["split"] in {"train", "val", "test", ""}
    image = read_image(out / "csv_files" / row["image_path"])
    if task.type == "classification":
        assert int(row["mask"]) in range(task.num_classes)
    else:
        mask = mask_of(out, row)
        assert mask.shape == image.shape[:2]
        assert mask.max() < task.num_classes


def plan_and_build(out: Path, work: Path) -> int:
    """Plan and build all converted tasks as the study does; return the samples built."""
    tables = (out / "csv_files").glob("*.csv")
    tasks = {row["task_id"] for table in tables for row in read_csv(table)}
    params = changed(max_clip_share=0.5, include=sorted(tasks))
    plan = Planned(work, params, out)
    assert plan.found == []
    built = 0.0
    for task in sorted(tasks):
        shards = {name: work / task / name for name in ("train", "val", "test", "test_labels")}
        archive = archive_of(params, [out])
        built += sum(build_task(task, archive, tasks=plan.files.tasks, **shards).values())
    return int(built)
