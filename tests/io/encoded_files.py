"""DICOM files around frames that some encoder made, with any fragments and offset tables."""

import io
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import HTJ2K, UID, ExplicitVRLittleEndian

from tests.dicom_files import us_object

Stored = npt.NDArray[Any]
ITEM, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"


def speckle(channels: int = 1, seed: int = 0, shape: tuple[int, int] = (48, 64)) -> Stored:
    """Return one smooth image `_HW` or `_HWC` of 8 bits: lossy codecs keep it nearly."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    planes = [
        120 + 80 * np.sin(rows / (7 + channel) + seed) * np.cos(columns / (9 + channel))
        for channel in range(channels)
    ]
    image = np.stack(planes, axis=-1).astype(np.uint8)
    return image[..., 0] if channels == 1 else image


def items(fragments: Sequence[bytes], table: bytes = b"") -> bytes:
    """Return pixel data of these fragments as they are, closed by its delimiter."""
    parts = [ITEM + struct.pack("<L", len(part)) + part for part in (table, *fragments)]
    return b"".join(parts) + SEQUENCE_END


def padded(content: bytes) -> bytes:
    return content + b"\0" * (len(content) % 2)


def encapsulated(
    frames: Sequence[bytes],
    syntax: str,
    image: Stored,
    pixels: bytes | None = None,
    **changes: Any,
) -> io.BytesIO:
    """Return an ultrasound file whose frames are encoded already; `image` gives their shape."""
    stated: dict[str, Any] = {
        "NumberOfFrames": len(frames),
        "PixelData": encapsulate(list(frames)) if pixels is None else pixels,
    }
    header = us_object(np.zeros((1, *image.shape), np.uint8), **stated | changes)
    return save(header, UID(syntax))


def save(header: Dataset, syntax: UID) -> io.BytesIO:
    header.file_meta = FileMetaDataset()
    # pydicom writes no syntax that it does not know, so another of the same length stands in.
    written = syntax if syntax.is_transfer_syntax else HTJ2K
    header.file_meta.TransferSyntaxUID = written
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    header["PixelData"].VR = "OB"
    if syntax != ExplicitVRLittleEndian:
        header["PixelData"].is_undefined_length = True
    buffer = io.BytesIO()
    header.save_as(buffer, enforce_file_format=True, implicit_vr=False, little_endian=True)
    return io.BytesIO(buffer.getvalue().replace(written.encode(), syntax.encode(), 1))
