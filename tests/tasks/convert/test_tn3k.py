from pathlib import Path

import numpy as np

from tests.tasks.convert import published
from tests.tasks.convert.files import (
    blob,
    encoded,
    mask_of,
    picture,
    refused_beyond,
    rows_of,
    run,
    write,
)


def test_tn3k(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.tn3k(root)
    write(root / "trainval-image" / "0100.jpg", encoded(picture(100), "JPEG"))
    write(root / "trainval-mask" / "0100.jpg", encoded(picture(101), "JPEG"))
    write(root / "trainval-image" / "0101.jpg", encoded(picture(102), "JPEG"))
    write(root / "trainval-mask" / "0101.jpg", encoded(blob() * 0, "JPEG"))
    run("tn3k", root, out)
    assert refused_beyond(out) == {
        ("0100.jpg", "", "unknown_mask_value"),
        ("0101.jpg", "", "empty_mask"),
    }
    rows = rows_of(out, "thyroid_nodule")
    halves = [(Path(r["image_path"]).parent.name, r["split"]) for r in rows]
    assert set(halves) == {("trainval-image", "train"), ("test-image", "test")}
    found = mask_of(out, rows[0])
    number = int(Path(rows[0]["image_path"]).stem)
    assert np.count_nonzero(found != blob(number)) < 0.01 * found.size
