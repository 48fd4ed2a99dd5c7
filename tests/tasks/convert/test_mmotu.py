from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import StudyError
from tests.tasks.convert import files, published


def test_mmotu(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.mmotu(root)
    base = root / "OTU_2d"
    stray = np.zeros((files.HEIGHT, files.WIDTH, 3), np.uint8)
    stray[5:9, 5:9] = (1, 2, 3)
    files.write(base / "images" / "20.JPG", files.encoded(files.picture(20), "JPEG"))
    files.write(base / "annotations" / "20.PNG", files.encoded(stray))
    files.write(base / "images" / "21.JPG", files.encoded(files.picture(21), "JPEG"))
    files.write(base / "annotations" / "21_binary.PNG", files.encoded(files.blob(1) * 255))
    files.write(base / "annotations" / "22.PNG", files.encoded(stray))
    files.run("mmotu", root, out)
    assert files.refused_beyond(out) == {
        ("20.JPG", "", "unknown_mask_value"),
        ("20.PNG", "", "unknown_mask_value"),
        ("22.PNG", "", "missing_image"),
    }
    rows = {Path(row["image_path"]).stem: row for row in files.rows_of(out, "ovary_tumor")}
    assert np.array_equal(files.mask_of(out, rows["21"]), files.blob(1))
    assert np.array_equal(files.mask_of(out, rows["3"]), files.blob(3))
    assert (rows["7"]["split"], rows["8"]["split"], rows["21"]["split"]) == ("train", "val", "")


def test_mmotu_takes_the_first_form_of_an_annotation_that_there_is(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    base = root / "OTU_2d"
    other = np.roll(files.blob(0), 20, axis=0) * np.uint8(255)
    for number, forms in {1: ("", "_binary"), 2: ("_binary", "_binary_binary")}.items():
        files.write(base / "images" / f"{number}.JPG", files.encoded(files.picture(number), "JPEG"))
        first = files.blob(number)[..., None] * np.array((64, 0, 0), np.uint8)
        files.write(base / "annotations" / f"{number}{forms[0]}.PNG", files.encoded(first))
        files.write(base / "annotations" / f"{number}{forms[1]}.PNG", files.encoded(other))
    files.run("mmotu", root, out)
    for row in files.rows_of(out, "ovary_tumor"):
        assert np.array_equal(
            files.mask_of(out, row), files.blob(int(Path(row["image_path"]).stem))
        )
    assert files.refused(out) == {
        ("1_binary.PNG", "", "not_converted"),
        ("2_binary_binary.PNG", "", "not_converted"),
    }


def test_an_image_of_two_lists_is_an_error(tmp_path: Path) -> None:
    published.mmotu(tmp_path / "in")
    base = tmp_path / "in" / "OTU_2d"
    # A byte order mark, as some editors write it.
    files.write(base / "train.txt", "\ufeff1\n2\n")
    files.run("mmotu", tmp_path / "in", tmp_path / "out")
    files.write(base / "val.txt", "\ufeff2\n8\n")
    with pytest.raises(StudyError, match=r"val.*\.txt lists an image"):
        files.run("mmotu", tmp_path / "in", tmp_path / "again")
