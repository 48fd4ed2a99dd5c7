import io
from collections import Counter
from typing import Any

import pytest
from pydicom import dcmread, examples
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, UltrasoundImageStorage

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.keys import new_uid
from tests.deidentify.profile_options import profile_options
from tests.dicom_files import SYNTAXES, encode, nested, region, us_object

KEY, PATIENT = bytes(range(32)), "ab" * 16
NONE = profile_options()
RESEARCH = profile_options(
    retain_device_identity=True,
    retain_patient_characteristics=True,
    longitudinal="modified",
    clean_descriptors=True,
)
CALIBRATION = [
    "RegionSpatialFormat", "RegionDataType", "RegionFlags", "RegionLocationMinX0",
    "RegionLocationMinY0", "RegionLocationMaxX1", "RegionLocationMaxY1", "PhysicalUnitsXDirection",
    "PhysicalUnitsYDirection", "PhysicalDeltaX", "PhysicalDeltaY", "ReferencePixelX0",
    "ReferencePixelY0", "ReferencePixelPhysicalValueX", "ReferencePixelPhysicalValueY",
    "TransducerFrequency", "PulseRepetitionFrequency", "DopplerCorrectionAngle", "SteeringAngle",
]  # fmt: skip
PICTURE = [
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames", "Rows",
    "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "FrameTime",
    "FrameTimeVector", "FrameIncrementPointer", "CineRate", "RecommendedDisplayFrameRate",
    "PixelSpacing", "PixelAspectRatio", "LossyImageCompression", "LossyImageCompressionRatio",
    "RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "HeartRate",
    "GreenPaletteColorLookupTableData", "BluePaletteColorLookupTableData", "SOPClassUID",
    "Modality", "TransducerType", "NumberOfStages", "StageNumber", "ViewNumber",
]  # fmt: skip


def clean(source: Dataset, options: ProfileOptions = NONE) -> Dataset:
    return clean_dataset(source, KEY, PATIENT, options, Counter())


def written(dataset: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["rgb_color", "ybr_color", "palette_color", "jpeg2k"])
@pytest.mark.parametrize("options", [NONE, RESEARCH], ids=["none", "research"])
def test_what_pictures_are_made_and_measured_with_stays(name: str, options: ProfileOptions) -> None:
    source = dcmread(examples.get_path(name), stop_before_pixels=True)
    cleaned = clean(source, options)
    assert "PixelData" not in cleaned
    for keyword in PICTURE:
        assert cleaned.get(keyword) == source.get(keyword), keyword
    for before, after in zip(
        source.get("SequenceOfUltrasoundRegions", []),
        cleaned.get("SequenceOfUltrasoundRegions", []),
        strict=True,
    ):
        for keyword in CALIBRATION:
            assert after.get(keyword) == before.get(keyword), keyword


def test_all_encodings_of_a_file_give_the_same_bytes() -> None:
    header = us_object(PatientName="Müller^Anna", SpecificCharacterSet="ISO_IR 100",
                       InstitutionName="Universitätsklinik", SmallestImagePixelValue=3)  # fmt: skip
    header.RedPaletteColorLookupTableDescriptor = [4, 0, 16]
    header.RedPaletteColorLookupTableData = bytes(range(8))
    keep = profile_options(retain_institution_identity=True)
    results = set()
    for syntax in SYNTAXES[:2] + SYNTAXES[3:4]:
        read = dcmread(io.BytesIO(encode(header, syntax)), stop_before_pixels=True)
        results.add(written(clean(read, keep)))
    big_endian = dcmread(io.BytesIO(encode(header, SYNTAXES[2])), stop_before_pixels=True)
    # pydicom swaps no bytes of an OW that is set as bytes, so the palette differs.
    del header.RedPaletteColorLookupTableData, big_endian.RedPaletteColorLookupTableData
    read = dcmread(io.BytesIO(encode(header)), stop_before_pixels=True)
    assert len(results) == 1
    assert written(clean(big_endian, keep)) == written(clean(read, keep))
    found = dcmread(io.BytesIO(results.pop()), force=True)
    assert found.SpecificCharacterSet == "ISO_IR 192"
    assert found.InstitutionName == "Universitätsklinik"


def test_uids_map_the_same_way_everywhere_and_structural_ones_stay() -> None:
    source = us_object()
    reference = Dataset()
    reference.ReferencedSOPClassUID = UltrasoundImageStorage
    reference.ReferencedSOPInstanceUID = source.SOPInstanceUID
    source.StudiesContainingOtherReferencedInstancesSequence = Sequence([reference])
    source.SequenceOfUltrasoundRegions[0].ReferencedSOPInstanceUID = source.SOPInstanceUID
    cleaned = clean(source)
    again = cleaned.StudiesContainingOtherReferencedInstancesSequence[0]
    assert cleaned.SOPClassUID == source.SOPClassUID
    assert again.ReferencedSOPClassUID == UltrasoundImageStorage
    assert again.ReferencedSOPInstanceUID == cleaned.SOPInstanceUID == new_uid(KEY, "1.2.3.4")
    region_item = cleaned.SequenceOfUltrasoundRegions[0]
    assert region_item.ReferencedSOPInstanceUID == cleaned.SOPInstanceUID
    uids = {cleaned.StudyInstanceUID, cleaned.SeriesInstanceUID, cleaned.SOPInstanceUID}
    assert len(uids) == 3
    assert all(UID(uid).is_valid for uid in uids)
    kept = clean(source, profile_options(retain_uids=True))
    assert kept.SOPInstanceUID == source.SOPInstanceUID
    assert kept.StudyInstanceUID == source.StudyInstanceUID


def test_patients_stay_apart_and_are_the_same_within() -> None:
    source = us_object()
    source.SequenceOfUltrasoundRegions[0].PatientID = source.PatientID
    source.SequenceOfUltrasoundRegions.append(region(PatientID="MRN9", PatientName="Other^Name"))
    first, second = clean(source).SequenceOfUltrasoundRegions
    assert first.PatientID == PATIENT
    assert second.PatientID not in (PATIENT, "MRN9")
    assert second.PatientName == PATIENT


@pytest.mark.parametrize(
    ("age", "expected"),
    [("093Y", "090Y"), ("090Y", "090Y"), ("089Y", "089Y"), ("45Y", "045Y"), ("018M", "018M"),
     ("Mueller", None)],
)  # fmt: skip
def test_ages_are_capped(age: str, expected: str | None) -> None:
    source = us_object()
    source[0x00101010] = DataElement(0x00101010, "AS", age, already_converted=True)
    assert clean(source, RESEARCH).get("PatientAge") == expected
    assert "PatientAge" not in clean(source)


def test_birth_dates_never_leave() -> None:
    for longitudinal in ("removed", "full", "modified"):
        options = profile_options(longitudinal=longitudinal, retain_patient_characteristics=True)
        assert clean(us_object(), options).PatientBirthDate == ""


def test_dates_that_are_none_are_emptied() -> None:
    source = us_object()
    for tag in (0x00080020, 0x00080023):
        source[tag] = DataElement(tag, "DA", "2019-13-45", already_converted=True)
    for longitudinal in ("full", "modified"):
        cleaned = clean(source, profile_options(longitudinal=longitudinal))
        assert cleaned.StudyDate == cleaned.ContentDate == ""


def code_item(scheme: str, value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    item.CodingSchemeVersion = "Mueller"
    return item


@pytest.mark.parametrize(
    ("scheme", "value", "expected"),
    [
        ("SRT", "T-32000", ("SRT", "T-32000", "Heart")),
        ("SCT", "80891009", ("SCT", "80891009", "Heart")),
        ("99MUELLER", "Mueller", ("SCT", "261665006", "Unknown")),
    ],
)
def test_codes_bring_the_standards_words(
    scheme: str, value: str, expected: tuple[str, ...]
) -> None:
    source = us_object()
    source.AnatomicRegionSequence = Sequence([code_item(scheme, value, "Mueller")])
    source.ViewCodeSequence = Sequence([code_item(scheme, value, "Mueller")])
    cleaned = clean(source)
    for sequence in (cleaned.AnatomicRegionSequence, cleaned.ViewCodeSequence):
        (item,) = sequence
        assert (item.CodingSchemeDesignator, item.CodeValue, item.CodeMeaning) == expected
        assert "CodingSchemeVersion" not in item


@pytest.mark.parametrize("options", [NONE, RESEARCH], ids=["none", "research"])
@pytest.mark.parametrize("depth", [0, 1, 3, 8])
def test_what_the_table_does_not_list_names_nobody(options: ProfileOptions, depth: int) -> None:
    inner = Dataset()
    for keyword in ("StageName", "ViewName", "TransducerData", "SoftwareVersions", "CodeMeaning",
                    "CodeValue", "LUTExplanation", "Manufacturer"):  # fmt: skip
        setattr(inner, keyword, "Mueller")
    inner.BodyPartExamined, inner.ImageType = "MUELLER", ["ORIGINAL", "MUELLER"]
    inner.InstanceNumber, inner.RowOverlap = 19620503, 1
    inner.add_new(0x60001500, "LO", "Mueller")  # Overlay Label
    inner.add_new(0x00180013, "LO", "Mueller")  # even group, in no dictionary
    inner.add_new(0x00280010, "LO", "Mueller")  # Rows, called text by the file
    inner.add_new(0x00282000, "OB", b"Mueller!")  # ICC Profile
    inner.add_new(0x00080000, "UL", 19620503)  # group length
    content = written(clean(nested(inner, depth), options))
    assert b"mueller" not in content.lower()
    assert b"19620503" not in content


def test_the_models_name_leaves_with_the_device_only() -> None:
    source = us_object(ManufacturerModelName="EPIQ 7C")
    assert clean(source, RESEARCH).ManufacturerModelName == "EPIQ 7C"
    assert "ManufacturerModelName" not in clean(source)
    assert clean(source).Manufacturer == "Philips"
    named = us_object(ManufacturerModelName="Mueller's 7C")
    assert "ManufacturerModelName" not in clean(named, RESEARCH)


def test_what_cannot_be_read_is_removed_and_counted() -> None:
    source = us_object()
    for tag, vr, value in ((0x00280010, "US", b"Muell"), (0x00186011, "SQ", b"Mueller"),
                           (0x00080060, "CS", b"M\xfcller")):  # fmt: skip
        broken: Any = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)
        source._dict[Tag(tag)] = broken
    tally: Counter[str] = Counter()
    content = written(clean_dataset(source, KEY, PATIENT, NONE, tally))
    assert b"ueller" not in content
    assert tally["00186011:unreadable"] == tally["00080060:unreadable"] == 1
    assert tally["00100020:Z/D"] == tally["00080018:U"] == 1


def test_nesting_ends_at_sixty_four() -> None:
    cleaned = clean(nested(us_object(), 80))
    depth = 0
    while "SequenceOfUltrasoundRegions" in cleaned:
        (cleaned,) = cleaned.SequenceOfUltrasoundRegions
        depth += 1
    assert depth == 64


def test_bytes_behind_a_palette_do_not_leave() -> None:
    source = us_object()
    source.RedPaletteColorLookupTableDescriptor = [2, 0, 16]
    source.RedPaletteColorLookupTableData = b"\1\2\3\4Mueller!"
    assert clean(source).RedPaletteColorLookupTableData == b"\1\2\3\4"


def test_what_an_earlier_de_identifier_encrypted_does_not_leave() -> None:
    item = Dataset()
    item.EncryptedContentTransferSyntaxUID = ExplicitVRLittleEndian
    item.EncryptedContent = b"Mueller!"
    source = us_object(EncryptedAttributesSequence=Sequence([item]))
    assert "EncryptedAttributesSequence" not in clean(source, RESEARCH)


def test_the_source_is_not_changed() -> None:
    source = dcmread(io.BytesIO(encode(us_object(), ExplicitVRLittleEndian)))
    before = written(source)
    clean(source, RESEARCH)
    assert written(source) == before
