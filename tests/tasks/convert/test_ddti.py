import json
from pathlib import Path

import numpy as np
import pytest

from tests.tasks.convert import files, published


def test_ddti(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.ddti(root)
    whole = json.dumps([published.region(5, 5, 9)])
    marks = {
        20: {1: whole, 2: whole[:-12]},  # as cases 197 and 205 are published
        21: {1: ""},
        22: {1: json.dumps([{"points": [{"x": "left", "y": 1}]}])},
        23: {1: json.dumps([published.region(500, 500, 9)])},
        24: {1: json.dumps([published.region(1, 1, 10**6)])},
    }
    for case, texts in marks.items():
        files.write(root / f"{case}.xml", published.case_xml(case, texts))
        for number in texts:
            files.write(
                root / f"{case}_{number}.jpg", files.encoded(files.picture(case + number), "JPEG")
            )
    stroke = {"points": [{"x": 30, "y": 30}, {"x": 40, "y": 36}]}
    both = json.dumps([stroke, published.region(5, 5, 9)])
    files.write(root / "28.xml", published.case_xml(28, {1: both, 2: json.dumps([stroke])}))
    for number in (1, 2):
        files.write(root / f"28_{number}.jpg", files.encoded(files.picture(28 + number), "JPEG"))
    files.write(root / "25.xml", "<case><mark>")
    files.write(root / "25_1.jpg", files.encoded(files.picture(25), "JPEG"))
    files.write(root / "26_1.jpg", files.encoded(files.picture(26), "JPEG"))
    files.write(root / "27.xml", published.case_xml(27, {1: whole}))
    files.run("ddti", root, out)
    assert files.refused_beyond(out) == {
        ("20_2.jpg", "", "bad_annotation"),
        ("21_1.jpg", "", "missing_mask"),
        ("21.xml", "", "missing_mask"),
        ("22_1.jpg", "", "bad_annotation"),
        ("22.xml", "", "bad_annotation"),
        ("23_1.jpg", "", "empty_mask"),
        ("23.xml", "", "empty_mask"),
        ("24_1.jpg", "", "bad_annotation"),
        ("24.xml", "", "bad_annotation"),
        ("25_1.jpg", "", "bad_annotation"),
        ("25.xml", "", "bad_annotation"),
        ("26_1.jpg", "", "missing_mask"),
        ("27.xml", "", "missing_image"),
        ("28_2.jpg", "", "missing_mask"),
    }
    rows = {Path(row["image_path"]).stem: row for row in files.rows_of(out, "thyroid_nodule")}
    square = np.zeros((files.HEIGHT, files.WIDTH), np.uint8)
    square[5:15, 5:15] = 1
    assert np.array_equal(files.mask_of(out, rows["28_1"]), square)


def test_ddti_fills_all_regions_of_an_image_and_keeps_cases_together(tmp_path: Path) -> None:
    published.ddti(tmp_path / "in")
    files.run("ddti", tmp_path / "in", tmp_path / "out")
    rows = {
        Path(r["image_path"]).stem: r for r in files.rows_of(tmp_path / "out", "thyroid_nodule")
    }
    two = np.zeros((files.HEIGHT, files.WIDTH), np.uint8)
    two[8:23, 10:25] = two[25:34, 35:44] = 1
    assert np.array_equal(files.mask_of(tmp_path / "out", rows["2_1"]), two)
    assert rows["1_1"]["patient"] == rows["1_2"]["patient"] != rows["2_1"]["patient"]


@pytest.mark.parametrize("number", ["[" * 5000 + "]" * 5000, "9" * 400], ids=["nested", "huge"])
def test_json_beyond_what_can_be_read_is_refused(tmp_path: Path, number: str) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.ddti(root)
    (folder,) = {path.parent for path in root.rglob("*.xml")}
    points = ", ".join(f'{{"x": {number}, "y": {place}}}' for place in range(3))
    text = f'[{{"points": [{points}]}}]'
    files.write(folder / "99.xml", published.case_xml(99, {1: text}))
    files.write(folder / "99_1.jpg", files.encoded(files.picture(99), "JPEG"))
    files.run("ddti", root, out)
    assert files.refused_beyond(out) == {
        ("99_1.jpg", "", "bad_annotation"),
        ("99.xml", "", "bad_annotation"),
    }
