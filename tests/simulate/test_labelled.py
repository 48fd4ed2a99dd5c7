import csv
import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.io.trees import summarise_tree
from pipeline.simulate.labelled import simulate_labelled
from pipeline.tasks.catalogue import load_catalogue
from tests.simulate.settings import SEED, small_params

TASKS = load_catalogue()
Rows = dict[str, list[dict[str, str]]]
LABEL_COLUMNS = {
    "segmentation": ["mask_path"],
    "classification": ["mask"],
    "detection": ["x_min", "y_min", "x_max", "y_max"],
}


@pytest.fixture(scope="module")
def rows(archive: Path) -> Rows:
    found: Rows = {}
    for path in sorted((archive / "csv_files").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                found.setdefault(row["task_id"], []).append(row | {"csv": path.name})
    return found


def read(archive: Path, path: str) -> npt.NDArray[np.uint8]:
    image = cv2.imread(str(archive / "csv_files" / path), cv2.IMREAD_UNCHANGED)
    assert image is not None, path
    return image.astype(np.uint8)


def test_all_tasks_are_there_with_their_columns(rows: Rows) -> None:
    assert set(rows) == set(TASKS)
    for task in TASKS.values():
        labels = LABEL_COLUMNS.get(
            task.type, [f"point_{number}_xy" for number in range(1, task.num_classes + 1)]
        )
        expected = ["task_id", "task_name", "num_classes", "image_path", *labels, "csv"]
        for row in rows[task.id]:
            assert list(row) == expected
            name = "Regression" if task.type == "regression" else task.type
            assert (row["task_name"], row["num_classes"]) == (name, str(task.num_classes))
            assert row["image_path"].startswith("../")
        assert len(rows[task.id]) >= 16


def test_labels_fit_their_images(archive: Path, rows: Rows) -> None:
    for task in TASKS.values():
        for row in rows[task.id]:
            height, width = read(archive, row["image_path"]).shape[:2]
            if task.type == "segmentation":
                mask = read(archive, row["mask_path"])
                assert mask.shape == (height, width)
                assert mask.max() < task.num_classes
            elif task.type == "detection":
                x_min, y_min, x_max, y_max = (float(row[name]) for name in LABEL_COLUMNS[task.type])
                assert 0 <= x_min < x_max <= width
                assert 0 <= y_min < y_max <= height
            elif task.type == "regression":
                points = [json.loads(row[f"point_{n}_xy"]) for n in range(1, task.num_classes + 1)]
                assert all(0 <= x < width and 0 <= y < height for x, y in points)


def test_every_class_occurs_about_equally_often(rows: Rows) -> None:
    for task in TASKS.values():
        if task.type == "classification":
            counts = Counter(int(row["mask"]) for row in rows[task.id])
            assert set(counts) == set(range(task.num_classes))
            assert max(counts.values()) <= 3 * min(counts.values())


def test_every_class_is_drawn_in_the_masks(archive: Path, rows: Rows) -> None:
    for task in TASKS.values():
        if task.type == "segmentation":
            masks = [read(archive, row["mask_path"]) for row in rows[task.id]]
            seen = {int(value) for mask in masks for value in np.unique(mask)}
            assert seen == set(range(task.num_classes))


def test_images_are_shared_between_tasks(archive: Path, rows: Rows) -> None:
    paths = {task: {row["image_path"] for row in rows[task]} for task in rows}
    assert paths["breast_2cls"] & paths["breast_lesion"]
    assert paths["breast_3cls"] & paths["breast_lesion"]
    assert paths["lung_2cls"] & paths["lung"]
    assert len({row["csv"] for row in rows["breast_3cls"]}) == 2
    pairs = zip(rows["FUGC"], rows["cervix_multi"], strict=True)
    for one, two in pairs:
        assert one["image_path"] != two["image_path"]
        same = read(archive, one["image_path"]) == read(archive, two["image_path"])
        assert np.all(same)


def test_the_archive_has_the_awkward_names_of_the_real_one(archive: Path) -> None:
    names = "\n".join(str(path.relative_to(archive)) for path in archive.rglob("*"))
    for part in (" ", ",", "(", "+", "\N{NO-BREAK SPACE}", ".zhc_", "Patient01600_Plane"):
        assert part in names
    suffixes = {path.suffix for path in archive.rglob("*") if path.is_file()}
    assert suffixes == {".png", ".jpg", ".bmp", ".csv", ".txt"}


def test_patients_own_several_images_and_there_are_many_patients(rows: Rows) -> None:
    clips = Counter(row["image_path"].rsplit("_", 1)[0] for row in rows["fetal_head_pos_cls"])
    assert len(clips) >= 8
    assert max(clips.values()) > 1


def test_the_same_seed_writes_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    again = simulate_labelled(small_params(), SEED, tmp_path / "raw_tasks")
    assert again.tasks == 27
    assert (again.files, again.bytes, again.tree_sha256) == tuple(summarise_tree(archive))
