"""Check one exported DICOM object against what a de-identified file must be (PS3.15 E.1.1).

Written from the standard's text, not from the cleaner: what may be in the preamble, in the file
meta information, in which groups, and what must be stated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag, keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian
from pydicom.valuerep import PersonName

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.kept import Kept, KeptBytes
from pipeline.deidentify.audit.retained import permitted_tags, unchanged_tags
from pipeline.deidentify.audit.search import Searcher
from pipeline.deidentify.audit.stream import pixel_faults, pixel_length
from pipeline.deidentify.audit.texts import findings_in_texts
from pipeline.deidentify.profile.options import ProfileOptions

# Group length, version, SOP class and instance, transfer syntax, implementation UID and version.
FILE_META = {0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013}
PREAMBLE_START = b"Insonate"
MARKERS = {"removed": "REMOVED", "full": "UNMODIFIED", "modified": "MODIFIED"}
# Codes of CID 7050 by the option that they state.
PROFILE_CODE = "113100"
OPTION_CODES = {
    "retain_uids": "113110",
    "retain_device_identity": "113109",
    "retain_institution_identity": "113112",
    "retain_patient_characteristics": "113108",
    "clean_descriptors": "113105",
    "clean_structured_content": "113104",
    "clean_graphics": "113103",
    "retain_safe_private": "113111",
}
DATE_CODES = {"full": "113106", "modified": "113107"}
# Old values under another name, signatures, certificates, icons, other bytes than the image's.
FORBIDDEN = {
    "OriginalAttributesSequence", "DigitalSignaturesSequence", "MACParametersSequence",
    "DataSetTrailingPadding", "IconImageSequence",
}  # fmt: skip
AGE = re.compile(r"([0-9]{3})([DWMY])")
OLDEST_YEARS = 90
NUMERIC = {"IS", "DS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"}
DATES = {"DA", "DT", "TM"}
PIXEL_DATA = 0x7FE00010
MEMBER_NAME = re.compile(r"[0-9.]{1,64}\.dcm")


@dataclass
class ObjectCheck:
    """Checks objects one by one; `kept` are values of sources that the options keep."""

    wanted: Searcher
    options: ProfileOptions
    kept: Kept
    kept_bytes: KeptBytes

    def check(self, name: str, handle: BinaryIO) -> tuple[Dataset, Findings]:
        """Return an object's header and what is wrong with it, with the attributes of values.

        Raises what the reader raises.
        """
        header = dcmread(handle, stop_before_pixels=True)
        found = Findings()
        found.update(_outside_dataset(name, header))
        found.update(self._statements(header))
        found.update(self._elements(header))
        if header.file_meta.TransferSyntaxUID != DeflatedExplicitVRLittleEndian:
            found.update(_after_header(header, handle))
        texts = list(self._texts(header))
        if findings_in_texts((text for _, text in texts), self.wanted):
            for tag, text in texts:
                for kind, count in findings_in_texts((text,), self.wanted).items():
                    found.note(f"{kind}_in_object", keyword_for_tag(tag) or str(tag), count)
        return header, found

    def _statements(self, header: Dataset) -> Iterator[str]:
        if header.get("PatientIdentityRemoved") != "YES":
            yield "identity_removed_not_stated"
        if not header.get("DeidentificationMethod"):
            yield "method_not_stated"
        codes = {
            str(item.get("CodeValue"))
            for item in header.get("DeidentificationMethodCodeSequence") or []
        }
        needed = {PROFILE_CODE} | {
            code for option, code in OPTION_CODES.items() if getattr(self.options, option)
        }
        if not needed <= codes:
            yield "method_code_missing"
        if codes & (set(OPTION_CODES.values()) - needed):
            yield "method_code_untrue"
        dates = DATE_CODES.get(self.options.longitudinal)
        if codes & set(DATE_CODES.values()) != ({dates} if dates else set()):
            yield "method_code_of_dates"
        stated = header.get("LongitudinalTemporalInformationModified")
        if stated != MARKERS[self.options.longitudinal]:
            yield "dates_marker_wrong"
        age = AGE.fullmatch(str(header.get("PatientAge") or ""))
        if age and age[2] == "Y" and int(age[1]) > OLDEST_YEARS:
            yield "age_over_90"

    def _elements(self, dataset: Dataset) -> Iterator[str]:
        """Yield what must not be there at all, at any depth."""
        permitted = permitted_tags(self.options)
        for element in dataset:
            group, number = element.tag.group, element.tag.element
            if element.tag.is_private:
                if not self.options.retain_safe_private:
                    yield "private_attribute"
            elif group in {0x0000, 0x0002, 0x0004}:
                yield "foreign_group"
            elif group >> 8 == 0x50 or (group >> 8 == 0x60 and not self.options.clean_graphics):
                yield "curve_or_overlay"
            elif element.keyword in FORBIDDEN:
                yield "forbidden_attribute"
            elif number and not dictionary_has_tag(element.tag) and element.tag not in permitted:
                yield "unknown_attribute"
            if element.VR == "SQ":
                for item in element.value:
                    yield from self._elements(item)

    def _texts(self, dataset: Dataset, within_kept: bool = False) -> Iterator[tuple[BaseTag, str]]:
        """Yield what is searched: all but numbers, shifted dates, and what an option keeps."""
        dates = DATES if self.options.longitudinal != "removed" else set()
        for element in dataset:
            is_kept = within_kept or element.tag in unchanged_tags(self.options)
            if element.VR == "SQ":
                for item in element.value:
                    yield from self._texts(item, is_kept)
            elif element.VR in NUMERIC:
                yield from ((element.tag, text) for text in _long_numbers(element))
            elif element.VR not in dates:
                for text in _texts(element.value):
                    if is_kept and text in self.kept:
                        self.kept_bytes.add(text)
                    else:
                        yield element.tag, text


def _long_numbers(element: DataElement) -> Iterator[str]:
    for value in _texts(element.value):
        digits = value.strip().removesuffix(".0")
        if digits.isdigit() and len(digits) >= 7:
            yield digits


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bytes):
        yield value.decode("latin-1")
    elif isinstance(value, str | PersonName) or not hasattr(value, "__iter__"):
        yield "" if value is None else str(value)
    else:
        for one in value:
            yield from _texts(one)


def _outside_dataset(name: str, header: FileDataset) -> Iterator[str]:
    """Yield what is wrong with a file's name, its preamble and its file meta information."""
    if not MEMBER_NAME.fullmatch(name) or name != f"{header.get('SOPInstanceUID')}.dcm":
        yield "odd_name"
    preamble = header.preamble or b""
    if preamble.strip(b"\0") and not preamble.startswith(PREAMBLE_START):
        yield "preamble"
    meta = header.file_meta
    if not {int(element.tag) for element in meta} <= FILE_META:
        yield "file_meta"
    if meta.get("MediaStorageSOPInstanceUID") != header.get("SOPInstanceUID"):
        yield "file_meta_instance"
    if meta.get("MediaStorageSOPClassUID") != header.get("SOPClassUID"):
        yield "file_meta_class"


def _after_header(header: FileDataset, handle: BinaryIO) -> Iterator[str]:
    """Yield what is wrong with the pixels, and with what follows them: nothing may."""
    length = pixel_length(handle, header.file_meta.TransferSyntaxUID)
    if length is None:
        yield "no_pixels"
        return
    try:
        yield from pixel_faults(handle, length, _expected(header))
    except ValueError:
        yield "pixels_unreadable"
    if handle.read(1):
        yield "bytes_after_pixels"


def _expected(header: Dataset) -> int | None:
    """Return how many bytes native pixels have, but for subsampled colour."""
    if "422" in str(header.get("PhotometricInterpretation")):
        return None
    frames = int(header.get("NumberOfFrames") or 1)
    samples = header.Rows * header.Columns * header.get("SamplesPerPixel", 1) * frames
    return int(samples) * int(header.BitsAllocated) // 8
