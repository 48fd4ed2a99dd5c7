"""What an option keeps is no finding where it is kept; all else, and everywhere else, is."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.audit.doubtful import ByteSearch
from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.kept import KeptBytes
from pipeline.deidentify.audit.objects import ObjectCheck
from pipeline.deidentify.audit.retained import retained_tags, unchanged_tags
from tests.deidentify.exported import clean_object, code, file_of, sources, write_tar
from tests.deidentify.profile_options import profile_options
from tests.dicom_files import encode, us_object

HOSPITAL = "Universitätsklinikum Sankt Elisabethinen"
OPTIONS = profile_options(retain_institution_identity=True)


def harvest_of(*objects: Dataset) -> Harvest:
    """Return the harvest of files in a folder that is called by the hospital."""
    harvest = Harvest(retained_tags(OPTIONS), unchanged=unchanged_tags(OPTIONS))
    for number, one in enumerate(objects):
        harvest.add_source(f"{HOSPITAL}/{number}".encode(), io.BytesIO(encode(one)))
    return harvest


def a_source() -> Dataset:
    return us_object(
        SpecificCharacterSet="ISO_IR 100",
        InstitutionName=HOSPITAL,
        PerformingPhysicianName="Elisabethinen^Quirin",
    )


def checked(change: Callable[[Dataset], None]) -> tuple[Findings, set[int]]:
    """Return what is found in an export with a change, and which patterns its kept values have."""
    target = clean_object(sources()[0], OPTIONS)
    target.SpecificCharacterSet = "ISO_IR 192"
    target.DeidentificationMethodCodeSequence.append(code("113112"))
    change(target)
    harvest = harvest_of(a_source())
    kept = KeptBytes(harvest.bytes)
    check = ObjectCheck(harvest.texts, OPTIONS, harvest.kept, kept)
    handle = io.BytesIO(file_of(target))
    _, found = check.check(f"{target.SOPInstanceUID}.dcm", handle)
    return found, kept.patterns


def test_the_value_of_the_source_is_no_finding() -> None:
    found, patterns = checked(lambda target: setattr(target, "InstitutionName", HOSPITAL))
    assert not found.total()
    assert patterns


def _in_an_item(target: Dataset) -> None:
    item = Dataset()
    item.CodeMeaning = HOSPITAL
    target.InstitutionCodeSequence = Sequence([item])


def test_nor_is_it_in_an_item_of_a_sequence_that_is_kept() -> None:
    source = a_source()
    _in_an_item(source)
    del source.InstitutionName
    harvest = harvest_of(source)
    assert HOSPITAL in harvest.kept
    assert not checked(_in_an_item)[0].total()


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("StudyDescription", HOSPITAL),
        ("InstitutionName", f"{HOSPITAL}, Mueller^Anna"),
        ("InstitutionName", "Dr. Elisabethinen"),
        ("InstitutionAddress", "MRN0012345"),
    ],
)
def test_another_value_there_and_this_one_elsewhere_are_found(keyword: str, value: str) -> None:
    found, patterns = checked(lambda target: setattr(target, keyword, value))
    assert found["value_in_object"]
    assert not patterns


@pytest.mark.parametrize("charset", ["ISO_IR 100", "ISO_IR 192"])
def test_its_bytes_are_allowed_in_exported_objects_alone(tmp_path: Path, charset: str) -> None:
    harvest = harvest_of(a_source())
    kept = KeptBytes(harvest.bytes)
    kept.add(HOSPITAL)
    target = clean_object(sources()[0], OPTIONS)
    target.SpecificCharacterSet, target.InstitutionName = charset, HOSPITAL
    tar = write_tar(tmp_path / "objects.tar", [("1.2.3.dcm", file_of(target))])

    def findings(objects: list[Path], allowed: set[int]) -> int:
        search = ByteSearch(harvest.bytes, objects, allowed)
        search.run([tar])
        return search.findings.total()

    assert findings([tar], kept.patterns) == 0
    assert findings([tar], set()) > 0
    assert findings([], kept.patterns) > 0


def test_without_the_option_nothing_is_kept() -> None:
    harvest = Harvest()
    harvest.add_source(b"a", io.BytesIO(encode(a_source())))
    assert HOSPITAL not in harvest.kept
    assert harvest.texts.count(HOSPITAL)
