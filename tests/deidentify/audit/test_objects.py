"""An auditor that cannot fail is a defect: each kind of fault in an exported object is found."""

import io
from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import JPEGBaseline8Bit

from pipeline.deidentify.audit.kept import Kept, KeptBytes
from pipeline.deidentify.audit.objects import ObjectCheck
from pipeline.deidentify.audit.raw_search import RawSearcher
from pipeline.deidentify.audit.search import Searcher, words
from pipeline.deidentify.profile.options import ProfileOptions
from tests.deidentify.exported import SHIFTED, clean_object, code, file_of, sources
from tests.deidentify.profile_options import BASIC

WANTED = Searcher([words("Muellera Anna"), words("Muellera")])


def checker(options: ProfileOptions, *kept: str) -> ObjectCheck:
    values = Kept()
    for value in kept:
        values.add(value)
    return ObjectCheck(WANTED, options, values, KeptBytes(RawSearcher()))


def faults(target: FileDataset, content: bytes = b"", options: ProfileOptions = BASIC) -> set[str]:
    handle = io.BytesIO(content or file_of(target))
    _, found = checker(options).check(f"{target.SOPInstanceUID}.dcm", handle)
    return set(found)


def spoilt(change: Callable[[FileDataset], None], options: ProfileOptions = BASIC) -> set[str]:
    target = clean_object(sources()[0], options, days=-30)
    change(target)
    return faults(target, options=options)


@pytest.mark.parametrize("options", [BASIC, SHIFTED])
def test_a_clean_object_has_no_fault(options: ProfileOptions) -> None:
    assert not spoilt(lambda target: None, options)


def _nested(target: FileDataset) -> None:
    inner = Dataset()
    inner.PatientComments = "seen with Anna Muellera"
    target.SequenceOfUltrasoundRegions = Sequence([inner])


def _private(target: FileDataset) -> None:
    target.private_block(0x0019, "Maker", create=True).add_new(1, "LO", "x")


def _private_utf16(target: FileDataset) -> None:
    inner = Dataset()
    inner.private_block(0x0019, "Maker", create=True).add_new(1, "UN", b"x\0")
    target.ViewCodeSequence = Sequence([inner])


CHANGES: dict[str, tuple[Callable[[FileDataset], None], set[str]]] = {
    "value": (lambda x: setattr(x, "StationName", "Muellera"), {"value_in_object"}),
    "nested": (_nested, {"value_in_object"}),
    "e-mail": (
        lambda x: setattr(x, "StationName", "jo@clinic.org"),
        {"pattern_e_mail_in_object"},
    ),
    "any name": (
        lambda x: setattr(x, "OperatorsName", "Doe^Jo"),
        {"pattern_person_name_in_object"},
    ),
    "private": (_private, {"private_attribute"}),
    "private nested": (_private_utf16, {"private_attribute"}),
    "unknown": (lambda x: x.add_new(0x0042F0F0, "LO", "x"), {"unknown_attribute"}),
    "curve": (lambda x: x.add_new(0x50003000, "OB", b"xx"), {"curve_or_overlay"}),
    "overlay": (lambda x: x.add_new(0x601E3000, "OB", b"xx"), {"curve_or_overlay"}),
    "group 4": (lambda x: x.add_new(0x00041500, "CS", "X"), {"foreign_group"}),
    "original": (
        lambda x: setattr(x, "OriginalAttributesSequence", Sequence([])),
        {"forbidden_attribute"},
    ),
    "not removed": (lambda x: setattr(x, "PatientIdentityRemoved", "NO"), {
        "identity_removed_not_stated"}),
    "no method": (lambda x: delattr(x, "DeidentificationMethod"), {"method_not_stated"}),
    "no code": (
        lambda x: delattr(x, "DeidentificationMethodCodeSequence"),
        {"method_code_missing"},
    ),
    "false code": (
        lambda x: x.DeidentificationMethodCodeSequence.append(code("113109")),
        {"method_code_untrue"},
    ),
    "dates": (
        lambda x: setattr(x, "LongitudinalTemporalInformationModified", "MODIFIED"),
        {"dates_marker_wrong"},
    ),
    "age": (lambda x: setattr(x, "PatientAge", "093Y"), {"age_over_90"}),
    "preamble": (lambda x: setattr(x, "preamble", b"x" * 128), {"preamble"}),
    "title": (lambda x: setattr(x.file_meta, "SourceApplicationEntityTitle", "X"), {"file_meta"}),
    "other instance": (
        lambda x: setattr(x.file_meta, "MediaStorageSOPInstanceUID", "2.25.1"),
        {"file_meta_instance"},
    ),
    "padding": (
        lambda x: x.add_new(0xFFFCFFFC, "OB", b"xx"),
        {"bytes_after_pixels"},
    ),
    "long pixels": (
        lambda x: x.add_new(0x7FE00010, "OB", bytes(x.PixelData) + b"xx"),
        {"pixel_length"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_each_fault_is_found(change: str) -> None:
    spoil, expected = CHANGES[change]
    assert spoilt(spoil) == expected


def test_a_member_of_another_name_is_found() -> None:
    target = clean_object(sources()[0])
    handle = io.BytesIO(file_of(target))
    assert "odd_name" in checker(BASIC).check("Muellera.dcm", handle)[1]


JPEG = b"\xff\xd8\xff\xdb\x00\x03\x00\xff\xda\x00\x03\x00\x12\xff\x00\x34\xff\xd9"


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (JPEG, set()),
        (JPEG + b"\0", set()),
        (JPEG[:2] + b"\xff\xfe\x00\x05Jo!" + JPEG[2:], {"segment_in_pixels"}),
        (JPEG[:2] + b"\xff\xe1\x00\x05Jo!" + JPEG[2:], {"segment_in_pixels"}),
        (JPEG[:2] + b"\xff\xee\x00\x0eAdobe" + bytes(7) + JPEG[2:], set()),
        (JPEG[:2] + b"\xff\xee\x00\x05Jo!" + JPEG[2:], {"segment_in_pixels"}),
        (JPEG + b"Muellera", {"bytes_after_image"}),
        (b"\xff\x4f\xff\x51\x00\x04\0\0\xff\x64\x00\x05\0\1X\xff\x90\xff\xd9",
         {"segment_in_pixels"}),
        (b"\xff\x4f\xff\x51\x00\x04\0\0\xff\x90\xff\xd9Jo", {"bytes_after_image"}),
    ],
)  # fmt: skip
def test_metadata_within_a_stream_is_found(stream: bytes, expected: set[str]) -> None:
    target = clean_object(sources()[0])
    target.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    target.PixelData = encapsulate([stream, JPEG])
    target["PixelData"].is_undefined_length = True
    assert faults(target) == expected
