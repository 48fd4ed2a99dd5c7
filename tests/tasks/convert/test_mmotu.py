from pathlib import Path

import numpy as np

from tests.tasks.convert import published
from tests.tasks.convert.files import (
    HEIGHT,
    WIDTH,
    blob,
    encoded,
    mask_of,
    picture,
    refused,
    refused_beyond,
    rows_of,
    run,
    write,
)


def test_mmotu(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.mmotu(root)
    base = root / "OTU_2d"
    stray = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    stray[5:9, 5:9] = (1, 2, 3)
    write(base / "images" / "20.JPG", encoded(picture(20), "JPEG"))
    write(base / "annotations" / "20.PNG", encoded(stray))
    write(base / "images" / "21.JPG", encoded(picture(21), "JPEG"))
    write(base / "annotations" / "21_binary.PNG", encoded(blob(1) * 255))
    write(base / "annotations" / "22.PNG", encoded(stray))
    run("mmotu", root, out)
    assert refused_beyond(out) == {
        ("20.JPG", "", "unknown_mask_value"),
        ("20.PNG", "", "unknown_mask_value"),
        ("22.PNG", "", "missing_image"),
    }
    rows = {Path(row["image_path"]).stem: row for row in rows_of(out, "ovary_tumor")}
    assert np.array_equal(mask_of(out, rows["21"]), blob(1))
    assert np.array_equal(mask_of(out, rows["3"]), blob(3))
    assert (rows["7"]["split"], rows["8"]["split"], rows["21"]["split"]) == ("train", "val", "")


def test_mmotu_takes_the_first_form_of_an_annotation_that_there_is(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    base = root / "OTU_2d"
    other = np.roll(blob(0), 20, axis=0) * np.uint8(255)
    for number, forms in {1: ("", "_binary"), 2: ("_binary", "_binary_binary")}.items():
        write(base / "images" / f"{number}.JPG", encoded(picture(number), "JPEG"))
        first = blob(number)[..., None] * np.array((64, 0, 0), np.uint8)
        write(base / "annotations" / f"{number}{forms[0]}.PNG", encoded(first))
        write(base / "annotations" / f"{number}{forms[1]}.PNG", encoded(other))
    run("mmotu", root, out)
    for row in rows_of(out, "ovary_tumor"):
        assert np.array_equal(mask_of(out, row), blob(int(Path(row["image_path"]).stem)))
    assert refused(out) == {
        ("1_binary.PNG", "", "not_converted"),
        ("2_binary_binary.PNG", "", "not_converted"),
    }
