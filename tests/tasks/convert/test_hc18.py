from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.tasks.convert.hc18 import head_mask
from tests.tasks.convert import files, published


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("thickness", [1, 3])
def test_the_line_of_an_ellipse_becomes_its_inside(
    tmp_path: Path, seed: int, thickness: int
) -> None:
    rng = np.random.default_rng(seed)
    x, y, a, b = rng.uniform((300, 200, 150, 100), (500, 340, 300, 200))
    turn = float(rng.uniform(0, np.pi))
    shape = (540, 800)
    line = np.zeros(shape, np.uint8)
    box = ((float(x), float(y)), (2 * float(a), 2 * float(b)), float(np.rad2deg(turn)))
    cv2.ellipse(line, box, 255, thickness)
    rows, columns = np.indices(shape)
    along = (columns - x) * np.cos(turn) + (rows - y) * np.sin(turn)
    across = (rows - y) * np.cos(turn) - (columns - x) * np.sin(turn)
    inside = (along / a) ** 2 + (across / b) ** 2 <= 1
    found = head_mask(files.write(tmp_path / "a.png", files.encoded(line)), shape)
    dice = 2 * (found & inside).sum() / (found.sum() + inside.sum())
    assert dice > 0.99


def test_hc18_patients_are_women_within_their_set(tmp_path: Path) -> None:
    published.hc18(tmp_path / "in")
    files.run("hc18", tmp_path / "in", tmp_path / "out")
    trained = {
        Path(r["image_path"]).stem: r["patient"]
        for r in files.rows_of(tmp_path / "out", "fetal_head")
    }
    assert trained["000_HC"] == trained["000_2HC"] != trained["001_HC"]
    hidden = files.rows_of(tmp_path / "out" / "unlabelled", "fetal_head")
    assert {row["patient"] for row in hidden}.isdisjoint(trained.values())
    assert [row["split"] for row in hidden] == ["test", "test"]
    for row in hidden:
        folder = tmp_path / "out" / "unlabelled" / "csv_files"
        assert (folder / row["image_path"]).is_file()
        # Where a prediction goes; there is no mask.
        assert row["mask_path"].endswith("_HC.png")
        assert not (folder / row["mask_path"]).exists()


def test_hc18(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.hc18(root)
    line = published.ellipse_line((27, 20), (14, 9), 0)
    broken, solid, arc = line.copy(), line.copy(), np.zeros_like(line)
    broken[:, ::5] = 0
    cv2.ellipse(solid, ((27, 20), (28, 18), 0), 255, -1)
    cv2.ellipse(arc, ((50, 20), (44, 30), 0), 255, 1)
    zigzag = np.zeros_like(line)
    cv2.polylines(zigzag, [np.array([[3, 3], [50, 5], [5, 20], [50, 30], [9, 36]])], False, 255)
    straight = np.zeros((files.HEIGHT, files.WIDTH), np.uint8)
    straight[20] = 255
    annotations = {
        "100": broken, "101": solid, "102": arc, "103": zigzag, "104": 0 * line, "105": straight,
    }  # fmt: skip
    for number, annotation in annotations.items():
        files.write(
            root / "training_set" / f"{number}_HC.png", files.encoded(files.picture(int(number)))
        )
        files.write(
            root / "training_set" / f"{number}_HC_Annotation.png", files.encoded(annotation)
        )
    files.write(root / "training_set" / "106_HC.png", files.encoded(files.picture(106)))
    files.run("hc18", root, out)
    assert files.refused_beyond(out) == {
        ("103_HC.png", "", "bad_annotation"),
        ("103_HC_Annotation.png", "", "bad_annotation"),
        ("104_HC.png", "", "empty_mask"),
        ("104_HC_Annotation.png", "", "empty_mask"),
        ("105_HC.png", "", "bad_annotation"),
        ("105_HC_Annotation.png", "", "bad_annotation"),
        ("106_HC.png", "", "missing_mask"),
    }
    masks = {
        Path(row["image_path"]).stem[:3]: files.mask_of(out, row)
        for row in files.rows_of(out, "fetal_head")
    }
    whole = int(np.pi * 14 * 9)
    assert abs(int(masks["100"].sum()) - whole) < 0.05 * whole
    assert np.array_equal(masks["101"], solid > 0)
    # Cut by the border: what is inside the image is filled up to it.
    assert masks["102"][20, 30:].all()
    assert not masks["102"][20, :26].any()
