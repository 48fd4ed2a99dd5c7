"""The preamble and the file meta information of an exported file, made anew (PS3.10 7.1)."""

from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import UID

from pipeline.deidentify.export.encode import encode_bytes
from pipeline.deidentify.tables import IMPLEMENTATION_CLASS, IMPLEMENTATION_VERSION
from pipeline.io.part10 import MARK, PREAMBLE_BYTES

GROUP_LENGTH, VERSION, SOP_CLASS, SOP_INSTANCE = 0x00020000, 0x00020001, 0x00020002, 0x00020003
TRANSFER_SYNTAX, CLASS, VERSION_NAME = 0x00020010, 0x00020012, 0x00020013


def write_file_head(handle: BinaryIO, cleaned: Dataset, syntax: UID) -> None:
    """Write preamble, prefix and file meta information for a cleaned data set.

    Only what the standard requires is there: no title or address of an application, no private
    information, whatever the source had (PS3.15 E.1.1).
    """
    content = b"".join(
        [
            encode_bytes(VERSION, "OB", b"\x00\x01"),
            encode_bytes(SOP_CLASS, "UI", _padded(cleaned.SOPClassUID)),
            encode_bytes(SOP_INSTANCE, "UI", _padded(cleaned.SOPInstanceUID)),
            encode_bytes(TRANSFER_SYNTAX, "UI", _padded(syntax)),
            encode_bytes(CLASS, "UI", _padded(IMPLEMENTATION_CLASS)),
            encode_bytes(VERSION_NAME, "SH", IMPLEMENTATION_VERSION.encode()),
        ]
    )
    length = encode_bytes(GROUP_LENGTH, "UL", len(content).to_bytes(4, "little"))
    handle.write(bytes(PREAMBLE_BYTES) + MARK + length + content)


def _padded(uid: str) -> bytes:
    encoded = uid.encode()
    return encoded + b"\0" * (len(encoded) % 2)
