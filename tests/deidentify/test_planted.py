"""Words hidden in two hundred kinds of place: none may be in anything that the study writes."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from pydicom import dcmread

from pipeline.deidentify.tables import FRAMES
from pipeline.io.images import decode_png
from pipeline.io.keys import new_uid
from pipeline.io.shards import read_shard
from pipeline.io.tables import read_table
from tests.deidentify.chain import files, save
from tests.deidentify.conftest import Study
from tests.deidentify.leaks import leaks
from tests.deidentify.places import places, planted
from tests.deidentify.plant_header import Person
from tests.deidentify.planter import BANNER_ROWS, KINDS, write_corpus
from tests.deidentify.validators import errors_between, errors_of, needs_validators

PATIENTS, STUDIES, INSTANCES = 2, 2, 4
PEOPLE = [Person(patient, study) for patient in range(PATIENTS) for study in range(STUDIES)]


@pytest.fixture(scope="module")
def planted_study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    folder = tmp_path_factory.mktemp("planted")
    study = Study(folder / "raw", folder / "out")
    write_corpus(study.raw, PATIENTS, STUDIES, INSTANCES)
    study.scan()
    study.clean()
    study.collect()
    yield study


def test_the_planter_plants_what_it_says(planted_study: Study) -> None:
    kinds = {place.name for place in places()}
    assert len(kinds) >= 150
    assert sum(place.required for place in places()) >= 150
    assert planted("private_creator")
    assert not planted("stage_name")
    # Dates have no place of their own, since every row of dates has the same ones.
    assert leaks(planted_study.raw, PEOPLE) == kinds | {"date"}


def test_the_corpus_is_the_same_every_time(planted_study: Study, tmp_path: Path) -> None:
    write_corpus(tmp_path, PATIENTS, STUDIES, INSTANCES)
    written = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(written) == PATIENTS * STUDIES * INSTANCES
    for path in written:
        assert path.read_bytes() == (planted_study.raw / path.relative_to(tmp_path)).read_bytes()


def test_the_corpus_can_be_read_whole(planted_study: Study) -> None:
    kinds = set()
    for path in sorted(planted_study.raw.rglob("*.dcm"))[: len(KINDS)]:
        header = dcmread(path)
        assert str(header.PatientName)
        assert header.pixel_array.size
        kinds.add(header.PhotometricInterpretation)
    assert len(kinds) == len(KINDS)


def test_every_file_is_used_none_as_a_duplicate(planted_study: Study) -> None:
    table = read_table(planted_study.out / "frames.parquet", FRAMES)
    assert table.instance.nunique() == PATIENTS * STUDIES * INSTANCES


@pytest.fixture(scope="module")
def counts(planted_study: Study) -> dict[str, float]:
    """What the audit counted; its report lies beside the study's files."""
    return planted_study.audit()


@pytest.mark.usefixtures("counts")
def test_no_place_leaks_not_even_in_the_audits_report(planted_study: Study) -> None:
    assert (planted_study.out / "audit.json").is_file()
    assert leaks(planted_study.out, PEOPLE) == set()


def test_the_audit_agrees_and_compares_every_patient(counts: dict[str, float]) -> None:
    assert counts["findings"] == 0
    assert counts["sources_not_harvested"] == 0
    assert counts["patients_compared"] == PATIENTS


def test_no_banner_is_left_in_any_frame(planted_study: Study) -> None:
    frames = [parts["png"] for path in planted_study.parts for _, parts in read_shard(path)]
    assert frames
    for image in map(decode_png, frames):
        assert cv2.countNonZero(image[:BANNER_ROWS].reshape(-1)) == 0


@needs_validators
def test_validators_find_no_new_kind_of_error(planted_study: Study, tmp_path: Path) -> None:
    exported = files(planted_study)
    written = [save(tmp_path, name, content) for name, content in exported.items()]
    for path in sorted(planted_study.raw.rglob("*.dcm")):
        uid = new_uid(planted_study.key, dcmread(path, stop_before_pixels=True).SOPInstanceUID)
        assert errors_of(tmp_path / f"{uid}.dcm") <= errors_of(path)
    assert not errors_between(written)
