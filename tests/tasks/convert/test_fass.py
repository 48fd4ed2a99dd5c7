import pickle
from pathlib import Path

import numpy as np

from tests.tasks.convert import files, published


def test_fass_draws_vessels_over_organs_and_keeps_similar_patients_apart(tmp_path: Path) -> None:
    published.fass(tmp_path / "in")
    files.run("fass", tmp_path / "in", tmp_path / "out")
    rows = files.rows_of(tmp_path / "out", "fetal_abdomen_multi")
    assert len({row["patient"] for row in rows}) == 6
    for row in rows:
        number = int(Path(row["image_path"]).stem[-1])
        masks = published.structures(number)
        expected = masks["liver"] * 2
        expected[masks["stomach"] == 1] = 3
        expected[masks["artery"] == 1] = 1
        expected[masks["vein"] == 1] = 4
        assert set(np.unique(expected)) == {0, 1, 2, 3, 4}
        assert np.array_equal(files.mask_of(tmp_path / "out", row), expected)


class _Attack:
    """What a hostile pickle holds: a call to any function."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self._path,))


def test_fass(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    published.fass(root)
    base = root / "Fetal Abdominal Structures Segmentation Dataset Using Ultrasonic Images"
    masks = published.structures(1)
    grey = {**masks, "liver": files.picture(1)}
    contents = {
        "P50_IMG1": files.old_numpy_npy({"structures": masks}),
        "P50_IMG2": files.structures_npy({"liver": masks["liver"]}, files.picture(1)),
        "P50_IMG3": files.structures_npy(grey, files.picture(1)),
        "P50_IMG4": files.old_numpy_npy({"structures": _Attack(tmp_path / "owned")}),
        "P50_IMG5": b"",
        "P50_IMG6": files.encoded(files.picture(1)),
        "P50_IMG7": files.structures_npy(
            {name: mask.T for name, mask in masks.items()}, files.picture(1)
        ),
    }
    for name, content in contents.items():
        files.write(base / "IMAGES" / f"{name}.png", files.encoded(files.picture(int(name[-1]))))
        files.write(base / "ARRAY_FORMAT" / f"{name}.npy", content)
    files.run("fass", root, out)
    assert not (tmp_path / "owned").exists()
    reasons = {name: reason for name, _, reason in files.refused_beyond(out)}
    assert reasons == {
        f"P50_IMG{number}.{suffix}": reason
        for suffix in ("png", "npy")
        for number, reason in {
            2: "bad_annotation",
            3: "unknown_mask_value",
            4: "bad_annotation",
            5: "empty_file",
            6: "bad_annotation",
            7: "mask_size_mismatch",
        }.items()
    }


def test_the_attack_would_work_on_a_plain_unpickler(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(_Attack(tmp_path / "owned"), 2))
    assert (tmp_path / "owned").exists()
