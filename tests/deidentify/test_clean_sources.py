from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pandas as pd
import pytest
from pydicom.uid import UID

from pipeline.deidentify import clean
from pipeline.deidentify.audit.search import Searcher, words
from pipeline.errors import StudyError
from pipeline.io.shards import read_shard
from pipeline.io.syntaxes import JPEG_XL
from tests.deidentify.chain import exported, files, images, run, save
from tests.deidentify.conftest import Study
from tests.deidentify.settings import PARAMS
from tests.dicom_files import SECTOR, encode, screens, us_object, write_object
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


@pytest.mark.parametrize("how", ["written", "replaced", "removed"])
@pytest.mark.parametrize("export", [True, False])
def test_nothing_leaves_of_a_file_that_changes_while_it_is_cleaned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, export: bool
) -> None:
    path = write_object(tmp_path / "raw" / "a.dcm", us_object(screens(3, seed=1)))
    other = us_object(screens(3, seed=2), uid="1.2.9.2", PatientID="OTHER99")
    study = Study(tmp_path / "raw", tmp_path / "out")
    study.scan()
    compared = clean._as_scanned

    def changing(*given: Any) -> Any:
        found = compared(*given)
        if how == "written":
            path.write_bytes(encode(other))
        elif how == "replaced":
            write_object(tmp_path / "b.dcm", other).replace(path)
        else:
            path.unlink()
        return found

    monkeypatch.setattr(clean, "_as_scanned", changing)
    study.clean(PARAMS.model_copy(update={"export_dicom": export}))
    (reason,) = pd.concat(map(pd.read_parquet, study.rejections)).reason
    # A file that is gone before it is opened cannot be decoded.
    assert reason in {"changed", "vanished", "decode_failed"}
    assert pd.concat(map(pd.read_parquet, study.tables)).empty
    assert not any(list(read_shard(part)) for part in study.parts)
    assert not export or not files(study)


def test_a_file_that_changes_before_the_audit_stops_the_study(study: Study) -> None:
    path = sorted(study.raw.rglob("*.dcm"))[0]
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(StudyError, match=r"source_not_as_ingested: 1 in instance [0-9a-f]{32}"):
        study.audit()


def test_a_frame_time_that_is_no_number_does_not_cost_the_cine(tmp_path: Path) -> None:
    assert clean_after(tmp_path, change=None, content=b"fast!") == ""
    tables = sorted((tmp_path / "out").glob("part-*.parquet"))
    assert pd.concat(map(pd.read_parquet, tables)).frame_time_ms.isna().all()


@pytest.mark.parametrize("syntax", JPEG_XL)
def test_a_syntax_that_pydicom_does_not_know_goes_through(tmp_path: Path, syntax: UID) -> None:
    shown = screens(2)
    encoded = [bytes(imagecodecs.jpegxl_encode(frame, lossless=True)) for frame in shown]
    content = encapsulated(encoded, syntax, shown[0]).getvalue()
    save(tmp_path / "raw", "a.dcm", content)
    study = run(tmp_path / "raw", tmp_path / "out")
    x0, y0, x1, y1 = SECTOR
    cleaned = np.stack(images(study, b"a.dcm"))
    np.testing.assert_array_equal(cleaned[:, y0:y1, x0:x1], shown[:, y0:y1, x0:x1])
    np.testing.assert_array_equal(exported(study, "1.2.3.4").pixel_array, cleaned)
    study.audit()


def test_a_name_of_two_signs_is_sought() -> None:
    wanted = Searcher([words("李武"), words("Li")])
    assert wanted.count("seen by 李武") == 1
    assert wanted.count("Li") == 0
