from pathlib import Path

import pandas as pd

from pipeline.deidentify.clean import clean_part
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.search import Searcher, words
from pipeline.ingest.scan import scan_archive
from pipeline.io.keys import DEMO_KEY
from tests.dicom_files import us_object, write_object
from tests.ingest.settings import PARAMS as INGEST


def clean_after(tmp_path: Path, change: bytes | None, content: bytes | None = None) -> str:
    """Scan one object, perhaps change it, clean it; return the reason of rejection or nothing."""
    path = write_object(tmp_path / "raw" / "a.dcm", us_object(FrameTime="41.25"))
    if content is not None:
        path.write_bytes(path.read_bytes().replace(b"41.25", content))
    raw, instances = tmp_path / "raw", tmp_path / "instances"
    quarantine, counts = tmp_path / "quarantine", tmp_path / "counts"
    scan_archive(INGEST, DEMO_KEY, 1, raw, [], instances, quarantine, counts, tmp_path / "resume")
    if change is not None:
        path.write_bytes(path.read_bytes() + change)
    params = DeidentifyParams(key_file="", partitions=1, sector_threshold=12, sector_frames=4)
    part, table, rejected = tmp_path / "part.tar", tmp_path / "table", tmp_path / "rejected"
    clean_part(params, DEMO_KEY, 0, raw, instances, part, table, rejected)
    return "".join(pd.read_parquet(rejected).reason)


def test_a_file_that_changed_since_ingest_is_rejected(tmp_path: Path) -> None:
    assert clean_after(tmp_path, change=b"\0") == "changed"


def test_a_frame_time_that_is_no_number_does_not_cost_the_cine(tmp_path: Path) -> None:
    assert clean_after(tmp_path, change=None, content=b"fast!") == ""
    assert pd.read_parquet(tmp_path / "table").frame_time_ms.isna().all()


def test_a_name_of_two_signs_is_sought() -> None:
    wanted = Searcher([words("李武"), words("Li")])
    assert wanted.count("seen by 李武") == 1
    assert wanted.count("Li") == 0
