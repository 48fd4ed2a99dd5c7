from collections import Counter

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.safe_private import TABLE, safe_vr
from tests.deidentify.profile_options import profile_options
from tests.dicom_files import us_object

KEY, PATIENT = bytes(range(32)), "ab" * 16
SAFE = profile_options(retain_safe_private=True)


def private_object() -> Dataset:
    source = us_object()
    scanner = source.private_block(0x7053, "Philips PET Private Group", create=True)
    scanner.add_new(0x00, "DS", "1.5")
    scanner.add_new(0x01, "LO", "Mueller")  # not listed
    images = source.private_block(0x2001, "Philips Imaging DD 001", create=True)
    images.add_new(0x0A, "IS", "7")
    images.add_new(0x6D, "LO", "Arial")
    inner = Dataset()
    inner.PatientName, inner.Rows = "Mueller^Anna", 5
    block = inner.private_block(0x2001, "Philips Imaging DD 001", create=True)
    block.add_new(0x0B, "CS", "MUELLER")
    block.add_new(0x2D, "SS", 3)
    images.add_new(0x5F, "SQ", Sequence([inner]))
    unknown = source.private_block(0x2003, "Mueller", create=True)
    unknown.add_new(0x0A, "IS", "7")
    source.add_new(0x20054001, "LO", "Mueller")  # nobody reserved its block
    return source


def clean(source: Dataset, options: ProfileOptions) -> Dataset:
    return clean_dataset(source, KEY, PATIENT, options, Counter())


def test_the_whole_list_is_there() -> None:
    lines = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) == 1 + 479
    assert len(set(lines)) == len(lines)
    assert safe_vr("Philips PET Private Group", 0x70531100) == "DS"
    assert safe_vr("Philips PET Private Group", 0x70531101) is None
    assert safe_vr("philips pet private group", 0x70531100) is None


def test_private_attributes_are_removed_without_the_option() -> None:
    cleaned = clean(private_object(), profile_options())
    assert not [element for element in cleaned.iterall() if element.tag.is_private]


def test_listed_ones_stay_with_their_creators_and_the_others_go() -> None:
    cleaned = clean(private_object(), SAFE)
    scanner = cleaned.private_block(0x7053, "Philips PET Private Group")
    assert scanner[0x00].value == 1.5
    assert 0x01 not in scanner
    images = cleaned.private_block(0x2001, "Philips Imaging DD 001")
    assert (images[0x0A].value, images[0x6D].value) == (7, "Arial")
    (inner,) = images[0x5F].value
    assert (inner.PatientName, inner.Rows) == (PATIENT, 5)
    block = inner.private_block(0x2001, "Philips Imaging DD 001")
    assert block[0x2D].value == 3
    assert 0x0B not in block
    assert not cleaned.group_dataset(0x2003)
    assert not cleaned.group_dataset(0x2005)
