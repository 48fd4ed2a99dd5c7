from pathlib import Path

import imagecodecs
import numpy as np
import pandas as pd
import pytest
from pydicom.uid import UID

from pipeline.deidentify.audit.search import Searcher, words
from pipeline.io.syntaxes import JPEG_XL
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.dicom_files import SECTOR, screens, us_object, write_object
from tests.io.encoded_files import encapsulated


def clean_after(tmp_path: Path, change: bytes | None, content: bytes | None = None) -> str:
    """Scan one object, perhaps change it, clean it; return the reason of rejection or nothing."""
    path = write_object(tmp_path / "raw" / "a.dcm", us_object(FrameTime="41.25"))
    if content is not None:
        path.write_bytes(path.read_bytes().replace(b"41.25", content))
    study = Study(tmp_path / "raw", tmp_path / "out")
    study.scan()
    if change is not None:
        path.write_bytes(path.read_bytes() + change)
    study.clean()
    return "".join(pd.concat(map(pd.read_parquet, study.rejections)).reason)


def test_a_file_that_changed_since_ingest_is_rejected(tmp_path: Path) -> None:
    assert clean_after(tmp_path, change=b"\0") == "changed"


def test_a_frame_time_that_is_no_number_does_not_cost_the_cine(tmp_path: Path) -> None:
    assert clean_after(tmp_path, change=None, content=b"fast!") == ""
    tables = sorted((tmp_path / "out").glob("part-*.parquet"))
    assert pd.concat(map(pd.read_parquet, tables)).frame_time_ms.isna().all()


@pytest.mark.parametrize("syntax", JPEG_XL)
def test_a_syntax_that_pydicom_does_not_know_goes_through(tmp_path: Path, syntax: UID) -> None:
    shown = screens(2)
    encoded = [bytes(imagecodecs.jpegxl_encode(frame, lossless=True)) for frame in shown]
    content = encapsulated(encoded, syntax, shown[0]).getvalue()
    chain.save(tmp_path / "raw", "a.dcm", content)
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    x0, y0, x1, y1 = SECTOR
    cleaned = np.stack(chain.images(study, b"a.dcm"))
    np.testing.assert_array_equal(cleaned[:, y0:y1, x0:x1], shown[:, y0:y1, x0:x1])
    np.testing.assert_array_equal(chain.exported(study, "1.2.3.4").pixel_array, cleaned)


def test_a_name_of_two_signs_is_sought() -> None:
    wanted = Searcher([words("李武"), words("Li")])
    assert wanted.count("seen by 李武") == 1
    assert wanted.count("Li") == 0
