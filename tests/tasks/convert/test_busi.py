from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from tests.tasks.convert import files, published


def test_busi(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.busi(root)
    base = root / "Dataset_BUSI_with_GT"
    for name, content in {
        "benign/benign (20).png": files.encoded(files.picture(20)),  # without a mask
        "benign/benign (21)_mask.png": files.encoded(files.blob() * 255),  # without an image
        "benign/benign (22).png": files.encoded(files.picture(22)),
        "benign/benign (22)_mask.png": files.encoded(0 * files.blob()),
        "normal/normal (20).png": files.encoded(files.picture(23)),
        "normal/normal (20)_mask.png": files.encoded(files.blob() * 255),
        "malignant/malignant (20).png": files.encoded(files.picture(24)),
        "malignant/malignant (20)_mask.png": files.encoded(files.blob() * 255),
        "malignant/malignant (20)_mask_1.png": b"",
        "malignant/malignant (21).png": b"",
        "malignant/malignant (21)_mask.png": files.encoded(files.blob() * 255),
        "malignant/malignant (22).png": files.encoded(files.picture(25)),
        "malignant/MALIGNANT (22).PNG": files.encoded(files.picture(26)),
        "malignant/malignant (22)_mask.png": files.encoded((files.blob() * 255)[:-1]),
        "Thumbs.db": b"thumbs",
    }.items():
        files.write(base / name, content)
    files.run("busi", root, out)
    assert files.refused_beyond(out) == {
        ("benign (20).png", "breast_lesion", "missing_mask"),
        ("benign (21)_mask.png", "", "missing_image"),
        ("benign (22).png", "breast_lesion", "empty_mask"),
        ("benign (22)_mask.png", "", "empty_mask"),
        ("normal (20).png", "breast_lesion", "label_conflict"),
        ("normal (20)_mask.png", "", "label_conflict"),
        ("malignant (20).png", "breast_lesion", "empty_file"),
        ("malignant (20)_mask.png", "", "empty_file"),
        ("malignant (20)_mask_1.png", "", "empty_file"),
        ("malignant (21).png", "", "empty_file"),
        ("malignant (21)_mask.png", "", "missing_image"),
        ("malignant (22).png", "", "duplicate_name"),
        ("MALIGNANT (22).PNG", "breast_lesion", "mask_size_mismatch"),
        ("malignant (22)_mask.png", "", "mask_size_mismatch"),
        ("Thumbs.db", "", "unrecognised"),
    }
    # Whatever becomes of its mask, an image's class is known from its folder.
    assert len(files.rows_of(out, "breast_3cls")) == 18 + 5
    assert len(files.rows_of(out, "breast_lesion")) == 18


def test_busi_classes_are_in_the_challenges_order_and_masks_are_unions(tmp_path: Path) -> None:
    published.busi(tmp_path / "in")
    files.run("busi", tmp_path / "in", tmp_path / "out")
    classes = {
        Path(r["image_path"]).parent.name: r["mask"]
        for r in files.rows_of(tmp_path / "out", "breast_3cls")
    }
    assert classes == {"benign": "0", "malignant": "1", "normal": "2"}
    for row in files.rows_of(tmp_path / "out", "breast_lesion"):
        name, number = Path(row["image_path"]).stem.split(" ")
        expected = files.blob(int(number.strip("()"))) * (name != "normal")
        if (name, number) == ("benign", "(4)"):
            expected[30:35, 40:50] = 1
        assert np.array_equal(files.mask_of(tmp_path / "out", row), expected)


@pytest.mark.parametrize("form", get_args(files.Form))
def test_a_bmp_that_is_a_tiff_and_masks_of_any_form_in_busi(
    tmp_path: Path, form: files.Form
) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    base = root / "Dataset_BUSI_with_GT" / "benign"
    files.write(base / "benign (1).bmp", files.encoded(files.picture(1), "TIFF"))
    files.write(base / "benign (1)_mask.png", files.binary_png(files.blob(1), form))
    files.run("busi", root, out)
    (row,) = files.rows_of(out, "breast_lesion")
    assert row["image_path"].endswith("/benign (1).png")
    assert np.array_equal(files.mask_of(out, row), files.blob(1))
    assert files.refused(out) == set()
