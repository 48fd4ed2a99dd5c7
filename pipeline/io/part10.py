"""The beginning of a DICOM file: preamble, mark, file meta information (PS3.10 7.1)."""

import io
from typing import BinaryIO, NamedTuple, cast

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_file_meta_info
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from pipeline.io.sources import Source
from pipeline.io.windows import Window

PREAMBLE_BYTES = 128
MARK = b"DICM"
# What is read of the file meta information; it also holds names of machines and persons.
META_TAGS: list[BaseTag | int] = [Tag(0x0002, 0x0002), Tag(0x0002, 0x0003), Tag(0x0002, 0x0010)]
# Data sets begin with these groups in files that lack the mark: file meta, or identification.
FIRST_GROUPS = (b"\x02\x00", b"\x08\x00")


class Opening(NamedTuple):
    """What stands before the data set, and where that begins.

    `marked` tells whether the file has a preamble and the mark. Without a stated transfer syntax,
    `syntax` is empty in a marked file, and is what the first element shows in another.
    """

    marked: bool
    meta: Dataset
    syntax: UID
    body: int


def read_opening(handle: BinaryIO) -> Opening | None:
    """Read a file's beginning, or return None when it cannot be DICOM."""
    handle.seek(0)
    head = handle.read(PREAMBLE_BYTES + len(MARK))
    marked = head.endswith(MARK) and len(head) == PREAMBLE_BYTES + len(MARK)
    if not marked and not head.startswith(FIRST_GROUPS):
        return None
    handle.seek(len(head) if marked else 0)
    meta = read_dataset(
        handle, False, True, stop_when=lambda tag, *_: tag.group != 2, specific_tags=META_TAGS
    )
    body = handle.tell()
    syntax = UID(str(meta.get("TransferSyntaxUID") or ""))
    if not marked and not syntax:
        vr = handle.read(6)[4:]
        explicit = vr.isalpha() and vr.isupper()
        syntax = ExplicitVRLittleEndian if explicit else ImplicitVRLittleEndian
    return Opening(marked, meta, syntax, body)


def open_dicom(source: Source) -> BinaryIO:
    """Open a source as a file that begins with preamble, mark and file meta information.

    Some old archives hold bare data sets; one of those gets a beginning of its own. Raises as
    `Source.open` does.
    """
    handle = source.open()
    opening = read_opening(handle)
    if opening is None or opening.marked:
        handle.seek(0)
        return handle
    beginning = io.BytesIO()
    beginning.write(bytes(PREAMBLE_BYTES) + MARK)
    meta = opening.meta
    meta.TransferSyntaxUID = opening.syntax
    write_file_meta_info(beginning, meta, enforce_standard=False)  # type: ignore[arg-type]
    size = handle.seek(0, io.SEEK_END) - opening.body
    return cast(BinaryIO, Window(handle, opening.body, size, beginning.getvalue()))
