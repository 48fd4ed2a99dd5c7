"""What holds for every data set, on its layout as published."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.io.trees import summarise_tree
from pipeline.tasks.convert.__main__ import CONVERTERS
from pipeline.tasks.convert.source import Source
from pipeline.tasks.convert.writer import convert
from tests.tasks.convert.files import plan_and_build, read_csv, refused, run, write
from tests.tasks.convert.published import LAYOUTS

Build = Callable[[Path], None]
EVERY = pytest.mark.parametrize(("dataset", "build"), LAYOUTS.values(), ids=LAYOUTS)
# Files that are published beside the images and are of no use to the task, or no data.
EXPECTED = {"not_converted"}


def test_every_converter_has_a_layout() -> None:
    assert {dataset for dataset, _ in LAYOUTS.values()} == set(CONVERTERS)


@EVERY
def test_a_published_layout_is_converted_whole(tmp_path: Path, dataset: str, build: Build) -> None:
    build(tmp_path / "in")
    summary = run(dataset, tmp_path / "in", tmp_path / "out")
    assert set(summary["files_quarantined"]) <= EXPECTED
    assert summary["labels_quarantined"] == {}


@EVERY
def test_what_is_converted_can_be_planned_and_built(
    tmp_path: Path, dataset: str, build: Build
) -> None:
    build(tmp_path / "in")
    summary = run(dataset, tmp_path / "in", tmp_path / "out")
    labelled = sum(
        counts["rows"] for name, counts in summary["rows"].items() if name.startswith("csv_files")
    )
    assert plan_and_build(tmp_path / "out", tmp_path / "work") == labelled > 0


@EVERY
def test_the_same_bytes_wherever_the_data_set_lies(
    tmp_path: Path, dataset: str, build: Build
) -> None:
    for place in ("a", "b/c"):
        build(tmp_path / place / "in")
        run(dataset, tmp_path / place / "in", tmp_path / place / "out")
    assert summarise_tree(tmp_path / "a/out") == summarise_tree(tmp_path / "b/c/out")


@EVERY
def test_names_may_be_in_any_case_and_below_any_folder(
    tmp_path: Path, dataset: str, build: Build
) -> None:
    build(tmp_path / "in")
    as_published = run(dataset, tmp_path / "in", tmp_path / "out")
    below = tmp_path / "shouting" / "Down Load (1)"
    for path in sorted((tmp_path / "in").rglob("*")):
        if path.is_file():
            relative = path.relative_to(tmp_path / "in").as_posix()
            # A MetaImage header names its data file, so that pair keeps its spelling.
            spelt = relative if path.suffix in {".mhd", ".raw"} else relative.swapcase()
            write(below / spelt, path.read_bytes())
    swapped = run(dataset, tmp_path / "shouting", tmp_path / "out2")
    assert swapped == as_published
    assert _patients(tmp_path / "out2") == _patients(tmp_path / "out")


@EVERY
def test_a_patient_names_its_data_set(tmp_path: Path, dataset: str, build: Build) -> None:
    build(tmp_path / "in")
    run(dataset, tmp_path / "in", tmp_path / "out")
    for patient in _patients(tmp_path / "out"):
        assert patient == "" or patient.startswith(f"{dataset}:")


@EVERY
def test_a_folder_of_something_else_is_refused(tmp_path: Path, dataset: str, build: Build) -> None:
    write(tmp_path / "in" / "notes.txt", "nothing")
    with pytest.raises(StudyError, match="layout"):
        run(dataset, tmp_path / "in", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def _patients(out: Path) -> list[str]:
    tables = (out / "csv_files").glob("*.csv")
    return sorted(row["patient"] for table in tables for row in read_csv(table))


@pytest.mark.parametrize("name", ["fass", "mmotu", "camus", "fetal_planes"])
def test_a_link_to_nothing_is_told_by_name(tmp_path: Path, name: str) -> None:
    """Archives under git-annex or Git LFS, fetched in part, hold such links."""
    dataset, build = LAYOUTS[name]
    build(tmp_path / "in")
    links = [
        path
        for pattern in ("*P01_IMG1.npy", "*train_cls.txt", "*_training.txt", "*_data.csv")
        for path in (tmp_path / "in").rglob(pattern)
    ]
    for path in links:
        path.unlink()
        path.symlink_to("nowhere")
    if name == "fass":
        source = Source(tmp_path / "in")
        convert(dataset, source, CONVERTERS[dataset](source), tmp_path / "out")
        assert ("P01_IMG1.npy", "", "bad_annotation") in refused(tmp_path / "out")
    else:
        with pytest.raises(StudyError, match=f"^{links[0].name} cannot be read"):
            run(dataset, tmp_path / "in", tmp_path / "out")
