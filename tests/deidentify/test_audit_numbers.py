"""Digits that are nobody's: an audit that stops without cause is an audit that gets removed."""

from pathlib import Path

import pytest

from pipeline.deidentify.audit import Outputs, audit
from pipeline.deidentify.clean import clean_part
from pipeline.deidentify.collect import collect
from pipeline.deidentify.params import DeidentifyParams
from pipeline.ingest.scan import scan_archive
from pipeline.io.keys import DEMO_KEY
from tests.dicom_files import encode, screens, us_object, write_object
from tests.ingest.settings import PARAMS as INGEST

CLEAN = DeidentifyParams(key_file="", partitions=1, sector_threshold=12, sector_frames=4)


def audited_findings(raw: Path, out: Path) -> float:
    instances, quarantine, counts = out / "instances", out / "quarantine", out / "counts"
    scan_archive(INGEST, DEMO_KEY, 1, raw, [], instances, quarantine, counts, out / "resume")
    part, table, rejected = out / "part-0000.tar", out / "table", out / "part_rejected"
    clean_part(CLEAN, DEMO_KEY, 0, raw, instances, part, table, rejected)
    collect(instances, [table], [rejected], out / "frames", out / "rejected")
    tables = [instances, quarantine, out / "rejected"]
    outputs = Outputs(tables, out / "frames", [part])
    return audit(raw, outputs, out / "audit")["findings"]


@pytest.mark.parametrize("patient", ["10008", "00280010", "12345"])
def test_an_id_of_the_standards_own_digits_is_no_finding(tmp_path: Path, patient: str) -> None:
    write_object(tmp_path / "raw" / "a.dcm", us_object(PatientID=patient))
    assert audited_findings(tmp_path / "raw", tmp_path) == 0


def test_an_id_with_the_digits_of_a_files_size_is_no_finding(tmp_path: Path) -> None:
    frames = screens(60)
    size = len(encode(us_object(frames, PatientID="0000000")))
    assert len(str(size)) == 7
    write_object(tmp_path / "raw" / "a.dcm", us_object(frames, PatientID=str(size)))
    assert audited_findings(tmp_path / "raw", tmp_path) == 0


def test_many_numeric_ids_are_not_found_within_digests(tmp_path: Path) -> None:
    for number in range(60):
        uid = f"1.2.3.77.{number}"
        header = us_object(screens(1, number), uid=uid, PatientID=str(10_000 + 79 * number))
        write_object(tmp_path / "raw" / f"{number}.dcm", header)
    assert audited_findings(tmp_path / "raw", tmp_path) == 0
