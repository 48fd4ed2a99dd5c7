from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from pipeline.deidentify.pixels.instance import GREY_TOLERANCE, without_colour
from pipeline.deidentify.tables import FRAMES, REJECTED_ROWS
from pipeline.errors import StudyError
from pipeline.ingest.locate import locate
from pipeline.ingest.machines import MAKERS, maker
from pipeline.ingest.tables import INSTANCES
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import decode_png
from pipeline.io.shards import read_shard
from pipeline.io.tables import read_table
from tests.deidentify.conftest import Study
from tests.deidentify.settings import KEY, PARAMS
from tests.dicom_files import SECTOR, encode, screens, us_object, write_archive, write_object

# Ends the fragments of encapsulated pixels (PS3.5 A.4).
DELIMITER = b"\xfe\xff\xdd\xe0"


def samples(study: Study) -> dict[str, dict[str, bytes]]:
    return {key: parts for path in study.parts for key, parts in read_shard(path)}


def test_the_table_describes_the_images(study: Study) -> None:
    found = samples(study)
    for tar, path in zip(study.parts, study.tables, strict=True):
        table = read_table(path, FRAMES)
        assert list(table.frame) == [key for key, _ in read_shard(tar)]
        rows: Any = table.itertuples()
        for row in rows:
            image = decode_png(found[row.frame]["png"])
            assert image.shape == (row.height, row.width) == (120, 160)
            assert sha256_bytes(image.tobytes()) == row.pixels_sha256
            assert row.frame == f"{row.instance}_{row.frame_index:04d}"
            assert (row.shard, row.channels, row.manufacturer) == (tar.name, 1, "philips")
            assert (row.mm_per_px_y, row.mm_per_px_x) == (0.3, 0.2)
            assert 0 < row.blanked_share < 1


def test_the_sector_stays_and_the_banner_goes_in_all_frames(study: Study) -> None:
    x0, y0, x1, y1 = SECTOR
    found = samples(study)
    instances = {key.partition("_")[0] for key in found}
    for instance, file in locate(instances, study.raw, KEY):
        source = dcmread(file.open()).pixel_array.reshape(-1, 120, 160)
        assert source[:, :y0].any()
        for number, frame in enumerate(source):
            image = decode_png(found[f"{instance}_{number:04d}"]["png"])
            np.testing.assert_array_equal(image[y0:y1, x0:x1], frame[y0:y1, x0:x1])
            image[y0:y1, x0:x1] = 0
            assert not image.any()


def test_a_sample_is_an_image_and_nothing_else(study: Study) -> None:
    assert all(set(parts) == {"png"} for parts in samples(study).values())


def test_a_patient_is_in_one_part(study: Study) -> None:
    tables = [read_table(path, FRAMES) for path in study.tables]
    assert set(tables[0].patient).isdisjoint(tables[1].patient)
    assert sum(table.patient.nunique() for table in tables) == 3


def test_the_same_archive_gives_the_same_bytes(study: Study) -> None:
    first = [path.read_bytes() for path in study.parts + study.tables]
    study.clean()
    assert first == [path.read_bytes() for path in study.parts + study.tables]


def with_a_broken_last_frame() -> bytes:
    """Return a cine of four frames, the last of which decodes to too few pixels."""
    content = encode(us_object(screens(4), uid="1.2.3.4.99"), RLELossless)
    end = content.rindex(DELIMITER)
    # 128 is the code that does nothing in run-length encoding (PS3.5 G.3.2).
    return content[: end - 400] + bytes([128]) * 400 + content[end:]


def test_every_instance_gives_all_its_frames_or_none_and_a_reason(tmp_path: Path) -> None:
    study = Study(tmp_path / "raw", tmp_path / "out")
    write_archive(study.raw)
    (study.raw / "broken.dcm").write_bytes(with_a_broken_last_frame())
    write_object(study.raw / "dark.dcm", us_object(0 * screens(2), uid="1.2.3.4.98"))
    study.scan()
    (study.raw / "Muellera_Anna" / "still.dcm").unlink()
    changed = study.raw / "Muellerb_Anna" / "still.dcm"
    changed.write_bytes(changed.read_bytes() + b"\0")
    study.clean()

    rejected = pd.concat([read_table(path, REJECTED_ROWS) for path in study.rejections])
    assert sorted(rejected.reason) == ["changed", "no_sector", "truncated", "vanished"]
    # Words of our own, never those of a library's error, which may quote the file.
    assert set(rejected.detail) == {"", "run lengths"}
    frames: dict[str, int] = defaultdict(int)
    for key in samples(study):
        frames[key.partition("_")[0]] += 1
    instances = read_table(study.out / "instances.parquet", INSTANCES).set_index("instance")
    assert set(frames) == set(instances.index) - set(rejected.instance)
    assert all(frames[name] == instances.frames[name] for name in frames)
    assert study.collect()["rejected_instances"] == 4
    assert study.audit()["findings"] == 0


def test_colour_stays_and_grey_in_three_channels_does_not(tmp_path: Path) -> None:
    grey = np.repeat(screens(2)[..., None], 3, axis=3)
    colour = grey.copy()
    colour[:, 60:70, 60:70] = (200, 0, 0)
    study = Study(tmp_path / "raw", tmp_path / "out")
    for number, frames in enumerate((grey, colour)):
        header = us_object(frames, uid=f"1.2.3.4.{number}")
        write_object(study.raw / f"{number}.dcm", header, ExplicitVRLittleEndian)
    study.scan()
    study.clean()
    table = pd.concat([read_table(path, FRAMES) for path in study.tables])
    assert sorted(table.channels) == [1, 1, 3, 3]
    for key, parts in samples(study).items():
        channels = table.set_index("frame").channels[key]
        assert decode_png(parts["png"]).ndim == (2 if channels == 1 else 3)


@given(spread=st.integers(0, 40))
def test_rounding_is_not_colour(spread: int) -> None:
    frame = np.full((4, 5, 3), 100, np.uint8)
    frame[1, 2, 0] += spread
    assert without_colour(frame).ndim == (2 if spread <= GREY_TOLERANCE else 3)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Philips Medical Systems", "philips"),
        ("GE Vingmed Ultrasound", "ge"),
        ("GE-HEALTHCARE", "ge"),
        ("Dr Mueller", "other"),
        ("Angela", "other"),
        ("", "other"),
    ],
)
def test_only_makers_on_the_list_leave(text: str, name: str) -> None:
    assert maker(text) == name
    assert name == "other" or name in MAKERS


def test_a_mistyped_refusal_is_told_by_its_place_before_anything_is_cleaned(
    tmp_path: Path,
) -> None:
    write_object(tmp_path / "raw" / "a", us_object())
    study = Study(tmp_path / "raw", tmp_path / "out")
    study.scan()
    right = read_table(study.out / "instances.parquet", INSTANCES).instance[0]
    refused = PARAMS.model_copy(update={"exclude": [right, "0" * 32]})
    with pytest.raises(StudyError, match="entry 2: no instance") as caught:
        study.clean(refused)
    assert "0000" not in str(caught.value)
    assert not any(path.exists() for path in study.ledgers)
    study.clean(PARAMS.model_copy(update={"exclude": [right]}))
