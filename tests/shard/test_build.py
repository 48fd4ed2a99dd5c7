import json
from typing import Any

import numpy as np
import pytest
import webdataset as wds
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import decode_png
from pipeline.shard.build import difference, fit
from pipeline.shard.split import SPLITS
from tests.shard.conftest import PARAMS, SECTOR, Cohort, speckle


def test_every_frame_is_kept_or_dropped_for_a_reason(cohort: Cohort) -> None:
    cohort.add(0, 900, speckle(0))  # the first frame of another cine again
    cohort.add(1, 901, speckle(77), np.minimum(speckle(77), 250))
    cohort.add(2, 902, speckle(88), sector_x1=SECTOR[0] + 5)
    made = cohort.build()
    flow = made.json("flow")
    assert flow["dropped"] == {"exact_duplicate": 1, "near_duplicate": 1, "too_small": 1}
    assert flow["frames"] == len(cohort.rows) == 44
    assert sum(flow["kept"].values()) + 3 == flow["frames"]
    assert sum(flow["patients"].values()) == 10
    table = made.table
    assert dict(table.split.value_counts()) == {k: v for k, v in flow["kept"].items() if v}


def test_the_index_describes_the_shards(cohort: Cohort) -> None:
    made = cohort.build()
    table = made.table
    assert list(table["sample"]) == sorted(table["sample"])
    rows = table.set_index("sample")
    places = set()
    for split in SPLITS:
        for path in made.tars[split]:
            for sample in wds.WebDataset(str(path), shardshuffle=False, empty_check=False):
                row: Any = rows.loc[sample["__key__"]]
                assert (row.split, row.shard) == (split, path.name)
                assert sha256_bytes(sample["png"]) == row.png_sha256
                assert decode_png(sample["png"]).shape == (row.height, row.width)
                stated = json.loads(sample["json"])
                assert (stated["patient"], stated["frame"]) == (row.patient, row.frame)
                places.add(sample["__key__"])
    assert places == set(rows.index)


def test_no_patient_is_in_two_splits(cohort: Cohort) -> None:
    made = cohort.build()
    assert (made.table.groupby("patient").split.nunique() == 1).all()
    split = made.json("split")
    assert all(
        split[patient] == name
        for patient, name in zip(made.table.patient, made.table.split, strict=True)
    )
    assert made.json("flow")["patients"] == {"train": 6, "val": 2, "test": 2}


def test_images_are_the_sector_alone_and_spacing_follows_their_size(cohort: Cohort) -> None:
    made = cohort.build()
    x0, y0, x1, y1 = SECTOR
    rows: Any = made.table.itertuples()
    for row in rows:
        assert max(row.height, row.width) == PARAMS.max_side
        # The same millimetres as before.
        assert row.mm_per_px_y * row.height == pytest.approx(0.3 * (y1 - y0))
        assert row.mm_per_px_x * row.width == pytest.approx(0.2 * (x1 - x0))
    whole = cohort.build("whole", max_side=1000)
    for split in SPLITS:
        for key, parts in whole.samples(split).items():
            expected = cohort.images[key][y0:y1, x0:x1]
            np.testing.assert_array_equal(decode_png(parts["png"]), expected)


def test_unknown_spacing_stays_unknown(cohort: Cohort) -> None:
    for row in cohort.rows:
        row |= {"mm_per_px_y": None, "mm_per_px_x": None}
    made = cohort.build()
    assert made.table[["mm_per_px_y", "mm_per_px_x"]].isna().all(axis=None)
    parts = next(iter(made.samples("train").values()))
    assert json.loads(parts["json"])["mm_per_px_y"] is None


def test_colour_becomes_grey(empty: Cohort) -> None:
    empty.add(0, 0, np.stack([speckle(1), speckle(2), speckle(3)], axis=-1))
    (parts,) = empty.build().samples("train").values()
    assert decode_png(parts["png"]).ndim == 2


def test_near_duplicates_are_those_of_the_last_kept_frame_of_the_same_cine(empty: Cohort) -> None:
    base = np.minimum(speckle(1, 200), 199)
    x0, y0, x1, y1 = SECTOR

    def brighter(levels: int) -> np.ndarray:
        changed = base.copy()
        changed[y0:y1, x0:x1] += np.uint8(levels)
        return changed

    # A slow drift: each frame differs by one level from the one before.
    empty.add(0, 0, *(brighter(level) for level in range(5)))
    empty.add(0, 1, brighter(5))  # one level from the last of another cine
    kept = sorted(key[-6:] for key in empty.build().samples("train"))
    assert kept == ["0_0000", "0_0002", "0_0004", "1_0000"]
    everything = empty.build("all", duplicate_difference=0.0)
    assert len(everything.table) == 6


def test_the_same_cohort_gives_the_same_bytes(cohort: Cohort) -> None:
    first, second = cohort.build("one"), cohort.build("two")
    names = sorted(path.name for path in first.folder.iterdir())
    assert len(names) == 3 + 4
    for name in names:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


def test_no_frame_to_train_on_stops_the_study(empty: Cohort) -> None:
    with pytest.raises(StudyError, match="no training frame"):
        empty.build()
    empty.add(0, 0, speckle(1), sector_y1=SECTOR[1] + 3)
    with pytest.raises(StudyError, match="no training frame"):
        empty.build()


def test_a_frame_of_the_table_in_no_part_stops_the_study(cohort: Cohort) -> None:
    cohort.rows[0]["shard"] = "part-9.tar"
    with pytest.raises(StudyError, match="are in no part"):
        cohort.build()


@given(height=st.integers(1, 300), width=st.integers(1, 300), side=st.integers(32, 256))
def test_fitting_keeps_the_shape_and_never_enlarges(height: int, width: int, side: int) -> None:
    fitted = fit(np.zeros((height, width), np.uint8), side)
    assert max(fitted.shape) == min(side, max(height, width))
    factor = max(fitted.shape) / max(height, width)
    assert abs(fitted.shape[0] - height * factor) <= 1
    assert abs(fitted.shape[1] - width * factor) <= 1


def test_difference_does_not_wrap_around() -> None:
    dark, bright = np.zeros((2, 2), np.uint8), np.full((2, 2), 255, np.uint8)
    assert difference(dark, bright) == difference(bright, dark) == 255
