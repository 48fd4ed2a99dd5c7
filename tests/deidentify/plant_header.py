"""Hide words in the header of an ultrasound object: in the table's rows and around them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.deidentify.places import Row, planted_uid, rows, token

STUDY_DAYS = 97
FIRST_STUDY = date(2019, 3, 14)
NUMERALS = {"japanese": "〇一二三四五六七八九", "korean": "영일이삼사오육칠팔구"}
CHARACTER_SETS = {
    "name_in_utf_8": "ISO_IR 192",
    "name_in_latin_1": "ISO_IR 100",
    "name_in_japanese": ["", "ISO 2022 IR 87"],
    "name_in_korean": ["", "ISO 2022 IR 149"],
}


class Person(NamedTuple):
    """A patient of the corpus, and one of the patient's studies."""

    patient: int
    study: int

    @property
    def born(self) -> date:
        """The date of birth: no other date of the corpus is equal to it."""
        return date(1931, 5, 3) + timedelta(days=397 * self.patient)

    @property
    def studied(self) -> date:
        """The date of the study."""
        return FIRST_STUDY + timedelta(days=11 * self.patient + STUDY_DAYS * self.study)


def written_name(place: str, patient: int) -> str:
    """Return a name that needs the character set of its place, and is the patient's alone."""
    if place in {"name_in_japanese", "name_in_korean"}:
        numerals = NUMERALS[place.removeprefix("name_in_")]
        signs = "山田" if place == "name_in_japanese" else "김"
        return signs + "".join(numerals[int(digit)] for digit in f"{patient:04d}")
    return f"Ä{token(place, patient)}Ö"


def plant_header(header: Dataset, person: Person, name_place: str) -> None:
    """Hide a word in every place of a header; `name_place` decides on its character set."""
    patient = person.patient
    header.SpecificCharacterSet = CHARACTER_SETS[name_place]
    _identity(header, person, name_place)
    for row in rows():
        header.add(_element(row, person))
    _descriptions(header, person)
    _nested(header, patient)
    _private(header, patient)
    _graphics(header, patient)
    _content(header, patient)


def _identity(header: Dataset, person: Person, name_place: str) -> None:
    patient = person.patient
    first = token("patient_name", patient)
    written = written_name(name_place, patient)
    header.PatientName = f"{first}^{written}" if "ISO" in name_place else f"{first}^Jo={written}^夫"
    if name_place not in {"name_in_japanese", "name_in_utf_8"}:
        header.PatientName = f"{first}^Jo={written}"
    header.PatientID = token("patient_id", patient)
    header.PatientBirthDate = f"{person.born:%Y%m%d}"
    header.StudyDate = header.SeriesDate = header.ContentDate = f"{person.studied:%Y%m%d}"
    header.StudyTime = header.SeriesTime = header.ContentTime = "235958"
    header.PatientAge = "093Y"
    header.StudyInstanceUID = planted_uid("study_uid", patient, person.study)
    header.SeriesInstanceUID = planted_uid("series_uid", patient, person.study, 1)
    header.FrameOfReferenceUID = planted_uid("frame_of_reference_uid", patient, person.study)


def _element(row: Row, person: Person) -> DataElement:
    place = f"{row.tag:08X}"
    moment = {"DA": "%Y%m%d", "TM": "%H%M%S", "DT": "%Y%m%d120000"}
    if row.vr in moment:
        return DataElement(row.tag, row.vr, person.studied.strftime(moment[row.vr]))
    if row.vr == "UI":
        return DataElement(row.tag, "UI", planted_uid(place, person.patient))
    word = token(place, person.patient)
    if row.vr == "SQ":
        return DataElement(row.tag, "SQ", Sequence([_item(TextValue=word)]))
    binary = row.vr in {"OB", "UN"}
    return DataElement(row.tag, row.vr, word.encode().ljust(10) if binary else word)


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _descriptions(header: Dataset, person: Person) -> None:
    def word(place: str) -> str:
        return token(place, person.patient)

    header.PatientComments = f"{word('comments_with_date')} born {person.born:%d.%m.%Y}"
    header.StudyDescription = f"TTE FOLLOW UP Dr {word('study_description_with_name')}"
    header.StageName, header.ViewName = word("stage_name"), word("view_name")
    header.TransducerData = word("transducer_data")
    header.SoftwareVersions = word("software_versions")
    header.BodyPartExamined = word("body_part")
    header.ProcessingFunction = word("processing_function")
    header.add_new(0x00080000, "UL", 4)
    header.add_new(0x0042F0F0, "LO", word("unknown_even_group"))
    header.add_new(0x00100000, "UL", 4)
    header.add_new(0x00041500, "CS", word("group_0004"))


def _code(meaning: str, **more: object) -> Dataset:
    return _item(CodeValue="399232001", CodingSchemeDesignator="SCT", CodeMeaning=meaning, **more)


def _nested(header: Dataset, patient: int) -> None:
    def word(place: str) -> str:
        return token(place, patient)

    region = header.SequenceOfUltrasoundRegions[0]
    region.PatientName, region.PatientID = word("nested_region_name"), word("nested_region_id")
    header.ViewCodeSequence = Sequence(
        [
            _code(
                word("code_meaning_view"),
                PatientName=word("nested_view_name"),
                PatientID=word("nested_view_id"),
            )
        ]
    )
    header.AnatomicRegionSequence = Sequence(
        [_chain(3, word("nested_depth_3"), _code(word("code_meaning_anatomy")))]
    )
    region.SequenceOfUltrasoundRegions = Sequence([_chain(7, word("nested_depth_8"), _item())])
    header.RequestAttributesSequence = Sequence(
        [_item(RequestedProcedureDescription=word("nested_in_dropped"),
               ReferringPhysicianName=word("nested_request_name"))]
    )  # fmt: skip
    study, series = planted_uid("referenced_uid", patient), planted_uid("series_uid", patient, 7)
    reference = _item(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.6.1",
        ReferencedSOPInstanceUID=planted_uid("referenced_nested_uid", patient),
    )
    header.ReferencedStudySequence = Sequence([_item(ReferencedSOPInstanceUID=study)])
    header.ReferencedSeriesSequence = Sequence(
        [_item(SeriesInstanceUID=series, ReferencedInstanceSequence=Sequence([reference]))]
    )
    header.OriginalAttributesSequence = Sequence([_item(TextValue=word("original_attributes"))])
    header.EncryptedAttributesSequence = Sequence(
        [_item(EncryptedContent=word("encrypted_attributes").encode().ljust(10))]
    )
    icon = _item(Rows=8, Columns=8, PixelData=word("icon_pixels").encode().ljust(64, b"\0"))
    icon.BitsAllocated = icon.BitsStored = 8
    icon.HighBit, icon.PixelRepresentation, icon.SamplesPerPixel = 7, 0, 1
    icon.PhotometricInterpretation = "MONOCHROME2"
    header.IconImageSequence = Sequence([icon])


def _chain(depth: int, word: str, last: Dataset) -> Dataset:
    """Return items within items, a word in the innermost's name."""
    last.PatientName = word
    for _ in range(depth - 1):
        last = _item(AnatomicRegionSequence=Sequence([last]))
    return last


def _private(header: Dataset, patient: int) -> None:
    def word(place: str) -> str:
        return token(place, patient)

    block = header.private_block(0x0019, "PLANTER", create=True)
    block.add_new(1, "LO", word("private_lo"))
    block.add_new(2, "PN", word("private_pn"))
    block.add_new(3, "UN", word("private_un").encode().ljust(10))
    block.add_new(4, "SQ", Sequence([_item(PatientName=word("private_sq_name"))]))
    block.add_new(5, "OB", word("private_ob").encode().ljust(10))
    block.add_new(6, "UT", word("private_ut"))
    block.add_new(7, "UN", word("private_utf16").encode("utf-16-le"))
    header.add_new(0x00231001, "LO", word("private_orphan"))
    header.private_block(0x0025, word("private_creator"), create=True).add_new(1, "SH", "X")
    code = _code("Heart")
    code.private_block(0x0027, "PLANTER", create=True).add_new(1, "LO", word("code_value_private"))
    header.AnatomicRegionSequence.append(code)
    region = header.SequenceOfUltrasoundRegions[0]
    inner = region.private_block(0x0029, "PLANTER", create=True)
    inner.add_new(1, "LO", word("private_in_region"))


def _graphics(header: Dataset, patient: int) -> None:
    def word(place: str) -> str:
        return token(place, patient)

    for group in (0x6000, 0x601E):
        header.add_new((group, 0x0010), "US", 8)
        header.add_new((group, 0x0011), "US", 16)
        header.add_new((group, 0x0040), "CS", "G")
        header.add_new((group, 0x0050), "SS", [1, 1])
        header.add_new((group, 0x0100), "US", 1)
        header.add_new((group, 0x0102), "US", 0)
    header.add_new((0x6000, 0x3000), "OB", word("overlay_data").encode().ljust(16, b"\0"))
    header.add_new((0x601E, 0x3000), "OB", word("overlay_high_group").encode().ljust(16, b"\0"))
    header.add_new((0x6000, 0x4000), "LT", word("overlay_comments"))
    header.add_new((0x6000, 0x1500), "LO", word("overlay_label"))
    header.add_new((0x6000, 0x0022), "LO", word("overlay_description"))
    header.add_new((0x5000, 0x0005), "US", 1)
    header.add_new((0x5000, 0x0020), "CS", "ECG")
    header.add_new((0x5000, 0x0040), "SH", word("curve_label"))
    header.add_new((0x5000, 0x3000), "OB", word("curve_data").encode().ljust(10))


def _content(header: Dataset, patient: int) -> None:
    def word(place: str) -> str:
        return token(place, patient)

    nested = _item(RelationshipType="CONTAINS", ValueType="TEXT")
    nested.TextValue = word("content_nested_text")
    container = _item(RelationshipType="CONTAINS", ValueType="CONTAINER")
    container.ContentSequence = Sequence([nested])
    text = _item(ValueType="TEXT", TextValue=word("content_text"))
    person = _item(ValueType="PNAME", PersonName=word("content_name"))
    header.ContentSequence = Sequence([text, person, container])
    signature = _item(CertificateOfSigner=word("signature_certificate").encode().ljust(10))
    header.DigitalSignaturesSequence = Sequence([signature])
    header.DataSetTrailingPadding = word("trailing_padding").encode().ljust(10)


def dates_of(person: Person) -> Iterator[date]:
    """Yield the dates that name a person."""
    yield person.born
    yield person.studied
