"""25 hand-made files: 15 that must be refused, each for its reason, and 10 odd ones that pass.

The kinds are those on which other de-identifiers were measured: most of them write some of the
first out as a success.
"""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    EncapsulatedPDFStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.dicom_files import HEIGHT, encode, screens, us_object

PREAMBLE = 132
DEFLATED = b"1.2.840.10008.1.2.1.99"
Builder = Callable[[], bytes]


def packaged(name: str) -> bytes:
    return Path(str(get_testdata_file(name, download=False))).read_bytes()


def still(**changes: Any) -> Dataset:
    return us_object(screens(1), **changes)


def element(group: int, number: int, vr: bytes, content: bytes) -> bytes:
    """Return an element in explicit VR little endian with a length of two bytes."""
    tag = group.to_bytes(2, "little") + number.to_bytes(2, "little")
    return tag + vr + len(content).to_bytes(2, "little") + content


def long_element(group: int, number: int, vr: bytes, length: int) -> bytes:
    tag = group.to_bytes(2, "little") + number.to_bytes(2, "little")
    return tag + vr + bytes(2) + length.to_bytes(4, "little")


def before_pixels(content: bytes, addition: bytes) -> bytes:
    """Return a file in explicit VR with elements put in just before its pixel data."""
    place = content.index(b"\xe0\x7f\x10\x00OB")
    return content[:place] + addition + content[place:]


def meta_end(content: bytes) -> int:
    """Return where the data set begins: the file meta states its length first (PS3.10 7.1)."""
    return PREAMBLE + 12 + int.from_bytes(content[PREAMBLE + 8 : PREAMBLE + 12], "little")


def picture() -> bytes:
    return bytes(cv2.imencode(".png", np.zeros((40, 60), np.uint8))[1])


def cut_in_header() -> bytes:
    content = encode(still())
    return content[: content.index(b"MRN0012345") + 4]


def cut_cine() -> bytes:
    content = packaged("examples_ybr_color.dcm")
    return content[: len(content) * 6 // 10]


def cine_without_its_last_end() -> bytes:
    """Return a cine of JPEG images whose last one breaks off, in fragments that are whole."""
    content = packaged("examples_ybr_color.dcm")
    end = content.rindex(b"\xff\xd9")
    return content[:end] + bytes(2) + content[end + 2 :]


def deep(depth: int = 3000) -> bytes:
    opening = long_element(0x0040, 0xA730, b"SQ", 0xFFFFFFFF) + b"\xfe\xff\x00\xe0" + b"\xff" * 4
    closing = b"\xfe\xff\x0d\xe0" + bytes(4) + b"\xfe\xff\xdd\xe0" + bytes(4)
    return before_pixels(encode(still()), opening * depth + closing * depth)


def deflate_bomb(size: int = 400 << 20) -> bytes:
    content = encode(still()).replace(b"1.2.840.10008.1.2.1\0", DEFLATED)
    stated = int.from_bytes(content[PREAMBLE + 8 : PREAMBLE + 12], "little")
    place = content.index(DEFLATED)
    length = int.from_bytes(content[place - 2 : place], "little") + 2
    content = content[: place - 2] + length.to_bytes(2, "little") + content[place:]
    content = content[: PREAMBLE + 8] + (stated + 2).to_bytes(4, "little") + content[144:]
    start = meta_end(content)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = [packer.compress(long_element(0x0009, 0x1010, b"OB", size))]
    packed += [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    packed += [packer.compress(content[start:]), packer.flush()]
    return content[:start] + b"".join(packed)


def pdf() -> bytes:
    header = still(SOPClassUID=EncapsulatedPDFStorage, PixelData=None)
    header.EncapsulatedDocument = b"%PDF-1.4 " + bytes(101)
    header.MIMETypeOfEncapsulatedDocument = "application/pdf"
    return encode(header)


REFUSED: dict[str, tuple[str, Builder]] = {
    "empty": ("empty_file", lambda: b""),
    "text": ("not_dicom", lambda: b"Export Mueller, Anna\n" * 40),
    "picture": ("not_dicom", picture),
    "zeros": ("not_dicom", lambda: bytes(4096)),
    "cut in the header": ("truncated", cut_in_header),
    "cut in the pixels": ("truncated", lambda: encode(still())[:-1000]),
    "cut cine": ("truncated", cut_cine),
    "no pixels": ("no_pixels", lambda: encode(still(PixelData=None))),
    "rows doubled": ("wrong_length", lambda: encode(still(Rows=2 * HEIGHT))),
    "rows and columns 65535": ("absurd_geometry", lambda: encode(still(Rows=65535, Columns=65535))),
    "a milliard frames": ("absurd_geometry", lambda: encode(still(NumberOfFrames=10**9))),
    "3000 sequences deep": ("too_deep", deep),
    "deflate bomb": ("deflate_bomb", deflate_bomb),
    "structured report": ("structured_report", lambda: packaged("test-SR.dcm")),
    "document": ("encapsulated_document", pdf),
}


def with_private_sequence() -> bytes:
    inner, outer = Dataset(), Dataset()
    inner.add_new(0x00091002, "LO", "inner")
    outer.add_new(0x00091001, "SQ", Sequence([inner]))
    header = still()
    header.add_new(0x00090010, "LO", "MAKER")
    header.add_new(0x00091001, "SQ", Sequence([outer, Dataset()]))
    header[0x00091001].is_undefined_length = True
    return encode(header)


def with_group_lengths() -> bytes:
    content = encode(still())
    start = meta_end(content)
    length = content.index(b"\x10\x00\x10\x00PN", start) - start
    counted = element(0x0008, 0x0000, b"UL", length.to_bytes(4, "little"))
    return content[:start] + counted + content[start:]


def frames_as_text() -> bytes:
    content = encode(still())
    counted = element(0x0028, 0x0008, b"IS", b"1 ")
    assert content.count(counted) == 1
    return content.replace(counted, element(0x0028, 0x0008, b"LO", b" +01 "))


def latin_1_without_character_set() -> bytes:
    return encode(still(PatientName="Muller^Jorg")).replace(b"Muller^Jorg", b"M\xfcller^J\xf6rg")


def without_preamble() -> bytes:
    content = encode(still())
    return content[meta_end(content) :]


def with_extra_pixel_bytes() -> bytes:
    header = still()
    header.PixelData = header.PixelData + b"more than rows and columns need "
    return encode(header)


ACCEPTED: dict[str, Builder] = {
    "implicit": lambda: encode(still(), ImplicitVRLittleEndian),
    "big endian": lambda: encode(still(), ExplicitVRBigEndian),
    "trailing zeros": lambda: encode(still(), ExplicitVRLittleEndian) + bytes(1000),
    "extra bytes in the pixel data": with_extra_pixel_bytes,
    "no patient id": lambda: encode(still(PatientID="")),
    "number of frames as text": frames_as_text,
    "group lengths": with_group_lengths,
    "private sequences": with_private_sequence,
    "Latin-1 without character set": latin_1_without_character_set,
    "no preamble": without_preamble,
}
