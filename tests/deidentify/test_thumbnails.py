import base64
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.deidentify.thumbnails import LONGEST, before_and_after, thumbnail
from pipeline.io.images import Image, decode_png
from pipeline.io.keys import pseudonym
from tests.deidentify import chain
from tests.deidentify.settings import KEY, PARAMS
from tests.dicom_files import SECTOR, screens, us_object, write_object


def shown(address: str) -> Image:
    return decode_png(base64.b64decode(address.partition(",")[2]))


def test_a_large_image_is_made_smaller_in_its_own_shape() -> None:
    assert shown(thumbnail(np.zeros((600, 960), np.uint8))).shape == (300, LONGEST)
    assert shown(thumbnail(np.zeros((3, 2000), np.uint8))).shape == (1, LONGEST)
    assert shown(thumbnail(np.zeros((120, 160, 3), np.uint8))).shape == (120, 160, 3)


def test_before_is_the_source_and_after_is_what_left(tmp_path: Path) -> None:
    frames = screens(3, seed=4)
    write_object(tmp_path / "raw" / "a", us_object(frames))
    write_object(tmp_path / "raw" / "b", us_object(screens(1), uid="1.2.9"))
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    table = pd.read_parquet(study.out / "instances.parquet")
    found: Any = table.itertuples()
    rows = {row.instance: row for row in found}
    instance = pseudonym(KEY, "instance", b"a")
    made = before_and_after(study.raw, KEY, PARAMS, {instance: 2}, rows)
    ((name, before, after),) = made
    assert name == instance
    np.testing.assert_array_equal(shown(before), frames[2])
    after_HWC = shown(after)
    np.testing.assert_array_equal(after_HWC[..., 0], chain.images(study, b"a")[2])
    assert not after_HWC[: SECTOR[1]].any()
