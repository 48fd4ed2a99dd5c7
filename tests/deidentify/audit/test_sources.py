import io
import json
from pathlib import Path

import pytest

from pipeline.deidentify.audit.graph import Graph
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.sources import Sources, read_sources
from tests.deidentify import chain
from tests.deidentify.exported import NAMES
from tests.dicom_files import encode, screens, us_object
from tests.ingest.mutants import mutants

# Group, element and value representation as they are written.
SOP_INSTANCE_UID, PATIENT_ID = b"\x08\0\x18\0UI", b"\x10\0\x20\0LO"


@pytest.mark.parametrize("damaged", [SOP_INSTANCE_UID, PATIENT_ID])
def test_one_damaged_file_does_not_stop_the_audit_of_the_others(
    tmp_path: Path, damaged: bytes
) -> None:
    whole = encode(us_object(screens(1, 0), uid="1.2.3.4.1"))
    content = encode(us_object(screens(1, 1), uid="1.2.3.4.2"))
    assert content.count(damaged) == 1
    chain.save(tmp_path / "raw", "whole.dcm", whole)
    chain.save(tmp_path / "raw", "damaged.dcm", content.replace(damaged, damaged[:4] + b"Ue"))
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    counts = study.audit()
    assert (counts["sources"], counts["objects_checked"]) == (2, 1)


def test_a_file_with_a_damaged_beginning_is_harvested_all_the_same(tmp_path: Path) -> None:
    mark = b"\2\0\x10\0UI"  # of the transfer syntax: a VR of nobody's, and a name behind it
    content = encode(us_object(screens(1, 1), uid="1.2.3.4.2", PatientName="Rumpel^Stilz"))
    assert content.count(mark) == 1
    chain.save(tmp_path, "damaged.dcm", content.replace(mark, mark[:4] + b"WI"))
    sources = read_sources(tmp_path, None, frozenset(), None, {}, 1, lambda text: None)
    assert sources.harvest.sources == 1
    assert sources.harvest.texts.count("Stilz, Rumpel")


def test_a_text_that_is_bytes_gives_its_readable_part_alone() -> None:
    # A pattern that begins with zeros is tried at every black pixel.
    header = us_object(InstitutionName="\0" * 300 + "Rumpelstilz" + "\0" * 300 + "\x01\xff")
    harvest = Harvest()
    harvest.add_source(b"a", io.BytesIO(encode(header)))
    assert harvest.texts.count("Rumpelstilz")
    assert not harvest.bytes.count(bytes(4096) + b"\1\xff")


def test_no_mutant_of_a_real_object_lets_an_exception_out() -> None:
    sources = Sources(Harvest(), Graph(NAMES.rename_uid, dates_modified=True))
    for number, content in enumerate(mutants(60, seed=9)):
        sources.add(b"%d" % number, io.BytesIO(content), NAMES, f"{number:032x}")
    assert 0 < len(sources.patients) < 60


def test_a_copy_under_another_patient_that_ingest_set_aside_is_no_patient(tmp_path: Path) -> None:
    objects = [
        us_object(screens(1, 1), uid="1.2.3.4.1"),
        us_object(screens(1, 2), uid="1.2.3.4.2"),
        us_object(screens(1, 3), uid="1.2.3.4.2", PatientID="MRN00\x01"),
    ]
    for number, header in enumerate(objects):
        chain.save(tmp_path / "raw", f"{number}.dcm", encode(header))
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    assert json.loads((study.out / "counts.json").read_text())["reasons"] == {"duplicate_uid": 1}
    assert study.audit()["patients_compared"] == 1
