"""The preamble and the file meta information of an exported file, made anew (PS3.10 7.1)."""

from typing import BinaryIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID

from pipeline.io.part10 import MARK, PREAMBLE_BYTES

# Ours, made once from a random number (PS3.5 B.2); it names the program, not the place.
IMPLEMENTATION_CLASS = UID("2.25.48456140880886238063628252771191033814")
IMPLEMENTATION_VERSION = "INSONATE_1"


def write_file_head(handle: BinaryIO, cleaned: Dataset, syntax: UID) -> None:
    """Write preamble, prefix and file meta information for a cleaned data set.

    Only what the standard requires is there: no title or address of an application, no private
    information, whatever the source had (PS3.15 E.1.1).
    """
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = cleaned.SOPClassUID
    meta.MediaStorageSOPInstanceUID = cleaned.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_file_meta_info(buffer, meta)
    handle.write(bytes(PREAMBLE_BYTES) + MARK + buffer.getvalue())
