"""The few attributes of a header that ingest reads; all others are skipped unread."""

from typing import BinaryIO

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID, ExplicitVRBigEndian, ImplicitVRLittleEndian

from pipeline.io.colour import PALETTE_KEYWORDS
from pipeline.io.pixel_file import PIXEL_DATA

KEYWORDS = (
    "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID",
    "SeriesInstanceUID", "PatientID", "IssuerOfPatientID", "Modality", "Manufacturer",
    "ManufacturerModelName", "FrameTime", "CineRate", "DepthOfScanField", "HeartRate",
    "TransducerType", "SequenceOfUltrasoundRegions", "SamplesPerPixel",
    "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames", "Rows", "Columns",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "LossyImageCompression",
    *PALETTE_KEYWORDS,
)  # fmt: skip


def _tags() -> list[BaseTag | int]:
    numbers = [tag_for_keyword(keyword) for keyword in KEYWORDS]
    return [Tag(number) for number in numbers if number is not None]


TAGS = _tags()


def read_header(stream: BinaryIO, start: int, syntax: UID) -> Dataset:
    """Read the data set that begins at `start`, up to its pixel data.

    Walk it first: pydicom recurses into sequences. Raises whatever pydicom raises.
    """
    stream.seek(start)
    return read_dataset(
        stream,
        syntax == ImplicitVRLittleEndian,
        syntax != ExplicitVRBigEndian,
        stop_when=lambda tag, *_: tag == PIXEL_DATA,
        specific_tags=TAGS,
    )
