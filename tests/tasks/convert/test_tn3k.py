from pathlib import Path

import numpy as np

from tests.tasks.convert import files, published


def test_tn3k(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.tn3k(root)
    files.write(root / "trainval-image" / "0100.jpg", files.encoded(files.picture(100), "JPEG"))
    files.write(root / "trainval-mask" / "0100.jpg", files.encoded(files.picture(101), "JPEG"))
    files.write(root / "trainval-image" / "0101.jpg", files.encoded(files.picture(102), "JPEG"))
    files.write(root / "trainval-mask" / "0101.jpg", files.encoded(files.blob() * 0, "JPEG"))
    files.run("tn3k", root, out)
    assert files.refused_beyond(out) == {
        ("0100.jpg", "", "unknown_mask_value"),
        ("0101.jpg", "", "empty_mask"),
    }
    rows = files.rows_of(out, "thyroid_nodule")
    halves = [(Path(r["image_path"]).parent.name, r["split"]) for r in rows]
    assert set(halves) == {("trainval-image", "train"), ("test-image", "test")}
    found = files.mask_of(out, rows[0])
    number = int(Path(rows[0]["image_path"]).stem)
    assert np.count_nonzero(found != files.blob(number)) < 0.01 * found.size
