"""An export as it should be, made by hand, so that tests of the audit can spoil it."""

import io
import tarfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from pipeline.deidentify.audit.sources import Names
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.keys import new_uid, pseudonym
from tests.deidentify.profile_options import BASIC
from tests.dicom_files import SECTOR, screens, us_object

KEY = bytes(range(32))
NAMES = Names(partial(new_uid, KEY), partial(pseudonym, KEY, "instance"), KEY)
SHIFTED = BASIC.model_copy(update={"longitudinal": "modified"})
KEPT = (
    "SOPClassUID", "Modality", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "NumberOfFrames",
)  # fmt: skip
Spoil = Callable[[FileDataset], None]


def code(value: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = value, "DCM"
    item.CodeMeaning = "Basic Application Confidentiality Profile"
    return item


def clean_object(source: Dataset, options: ProfileOptions = BASIC, days: int = 0) -> FileDataset:
    """Return what may leave of a source: the image, new UIDs, the statements, shifted dates."""
    target = FileDataset("", {}, preamble=b"\0" * 128)
    for keyword in KEPT:
        if keyword in source:
            setattr(target, keyword, source[keyword].value)
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        setattr(target, keyword, new_uid(KEY, str(source[keyword].value)))
    patient = pseudonym(KEY, "patient", str(source.PatientID), "")
    target.PatientID = target.PatientName = patient
    if options.longitudinal == "modified":
        day = date.fromisoformat(str(source.StudyDate)) + timedelta(days)
        target.StudyDate = f"{day:%Y%m%d}"
    target.PatientIdentityRemoved, target.DeidentificationMethod = "YES", "Insonate"
    codes = ["113100", *(["113107"] if options.longitudinal == "modified" else [])]
    target.DeidentificationMethodCodeSequence = Sequence(map(code, codes))
    stated = {"removed": "REMOVED", "modified": "MODIFIED", "full": "UNMODIFIED"}
    target.LongitudinalTemporalInformationModified = stated[options.longitudinal]
    pixels = bytearray(source.PixelData)
    for start in range(0, len(pixels), source.Rows * source.Columns):
        pixels[start : start + SECTOR[1] * source.Columns] = bytes(SECTOR[1] * source.Columns)
    target.add_new(0x7FE00010, "OB", bytes(pixels))
    target.BurnedInAnnotation = "NO"
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(ExplicitVRLittleEndian)
    meta.MediaStorageSOPClassUID = target.SOPClassUID
    meta.MediaStorageSOPInstanceUID = target.SOPInstanceUID
    target.file_meta = meta
    return target


def sources() -> list[Dataset]:
    """Return two patients with two studies each, 97 days apart, one object in each study."""
    days = [date(2019, 3, 14), date(2019, 3, 14) + timedelta(97)]
    return [
        us_object(
            screens(2, seed=2 * patient + study),
            uid=f"1.2.840.99999.{patient}.{study}.77",
            PatientID=f"MRN001234{patient}",
            PatientName=f"Mueller{'ab'[patient]}^Anna",
            StudyInstanceUID=f"1.2.840.99999.{patient}.{study}",
            SeriesInstanceUID=f"1.2.840.99999.{patient}.{study}.1",
            StudyDate=f"{days[study]:%Y%m%d}",
        )
        for patient in range(2)
        for study in range(2)
    ]


def file_of(target: FileDataset) -> bytes:
    buffer = io.BytesIO()
    target.save_as(buffer, enforce_file_format=False)
    return buffer.getvalue()


def write_tar(path: Path, members: list[tuple[str, bytes]]) -> Path:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def read(content: bytes) -> FileDataset:
    return dcmread(io.BytesIO(content))
