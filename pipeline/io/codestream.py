"""What an encoded frame says of itself, read before any decoder sees it.

A frame that states other dimensions than its DICOM header is broken or a bomb, and its own account
of its colours is better than the header's.
"""

import struct
from dataclasses import dataclass, replace

from pydicom.uid import UID

from pipeline.io import syntaxes
from pipeline.io.pixel_format import PixelFormat
from pipeline.io.unusable import UnusableError

END_OF_IMAGE = b"\xff\xd9"
_SOS, _APP0, _APP14 = 0xDA, 0xE0, 0xEE
_LOSSLESS, _JPEG_LS = 0xC3, 0xF7
# Start of frame markers (ITU-T T.81, table B.1) and that of JPEG-LS (T.87).
_FRAMES = {*range(0xC0, 0xD0), _JPEG_LS} - {0xC4, 0xC8, 0xCC}
_SIZ, _COD, _SOT = 0xFF51, 0xFF52, 0xFF90
# Width for one unit of height (ISO/IEC 18181-1, D.2).
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}


@dataclass(frozen=True)
class Codestream:
    """An encoded image's own header; `components` is 0 where it is not told so early.

    `body` is where the encoded data begin, and `colour` what the stream itself says: `RGB`, `YBR`,
    or nothing.
    """

    rows: int
    columns: int
    components: int
    body: int = 0
    colour: str = ""
    lossless: bool = False


def read_header(syntax: UID, content: bytes) -> Codestream:
    """Read the header of an encoded frame, of which `content` may be the beginning only."""
    if syntax in syntaxes.JPEG_2000:
        return read_jpeg_2000(content)
    return read_jpeg_xl(content) if syntax in syntaxes.JPEG_XL else read_jpeg(content)


def check_header(stream: Codestream, described: PixelFormat) -> None:
    """Raise UnusableError when an encoded frame is not of the size that the DICOM header states."""
    if (stream.rows, stream.columns) != (described.rows, described.columns):
        raise UnusableError("wrong_size")
    if stream.components and stream.components != described.samples:
        raise UnusableError("wrong_size", "components")


def read_jpeg(content: bytes) -> Codestream:
    """Read the header of a JPEG or JPEG-LS image (ITU-T T.81 B.2, T.87 C.2), up to its data."""
    adobe, jfif, frame, position = -1, False, None, 2
    if not content.startswith(b"\xff\xd8"):
        raise UnusableError("bad_stream", "no start of image")
    while True:
        position, marker = _next_marker(content, position)
        (length,) = _unpack(">H", content, position)
        body = content[position + 2 : position + length]
        if marker == _APP0 and body.startswith(b"JFIF"):
            jfif = True
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            adobe = body[11]
        elif marker in _FRAMES:
            frame = (marker, body)
        elif marker == _SOS:
            break
        position += length
    if frame is None:
        raise UnusableError("bad_stream", "no frame header")
    return replace(_jpeg_frame(*frame, adobe, jfif), body=position)


def _next_marker(content: bytes, position: int) -> tuple[int, int]:
    """Return the position after the next marker, and its code; markers may be padded with FF."""
    (first,) = _unpack(">B", content, position)
    if first != 0xFF:
        raise UnusableError("bad_stream", "no marker where one must be")
    while (code := _unpack(">B", content, position)[0]) == 0xFF:
        position += 1
    return position + 1, code


def _jpeg_frame(marker: int, body: bytes, adobe: int, jfif: bool) -> Codestream:
    _, rows, columns, components = _unpack(">BHHB", body, 0)
    table = [_unpack(">BBB", body, 6 + 3 * number) for number in range(components)]
    identifiers = bytes(component[0] for component in table)
    halved = len({component[1] for component in table}) > 1
    colour = ""
    if components == 3:
        if adobe >= 0:
            colour = "RGB" if adobe == 0 else "YBR"
        elif identifiers == b"RGB":
            colour = "RGB"
        elif jfif or halved:
            colour = "YBR"
    lossless = marker in (_LOSSLESS, _JPEG_LS)
    return Codestream(rows, columns, components, colour=colour, lossless=lossless)


def read_jpeg_2000(content: bytes) -> Codestream:
    """Read the main header of a JPEG 2000 or HTJ2K image (ISO/IEC 15444-1 A.5), boxed or not.

    `colour` is RGB when the stream states a component transform, which its decoder undoes.
    """
    start = 0 if content.startswith(b"\xff\x4f\xff\x51") else content.find(b"jp2c\xff\x4f") + 4
    if not content[start:].startswith(b"\xff\x4f\xff\x51"):
        raise UnusableError("bad_stream", "no start of codestream")
    x1, y1, x0, y0 = _unpack(">4L", content, start + 8)
    (components,) = _unpack(">H", content, start + 40)
    position, transformed = start + 2, False
    while (marker := _unpack(">H", content, position)[0]) != _SOT:
        (length,) = _unpack(">H", content, position + 2)
        if marker == _COD:
            transformed = _unpack(">B", content, position + 8)[0] == 1
        position += 2 + length
    return Codestream(y1 - y0, x1 - x0, components, position, "RGB" if transformed else "")


def read_jpeg_xl(content: bytes) -> Codestream:
    """Read the size header of a JPEG XL image (ISO/IEC 18181-1 D.2), boxed or not."""
    bits = _Bits(_jpeg_xl_start(content))
    eighths = bits.take(1)
    rows = _jpeg_xl_side(bits, eighths)
    ratio = bits.take(3)
    if ratio == 0:
        return Codestream(rows, _jpeg_xl_side(bits, eighths), 0)
    width, height = _RATIOS[ratio]
    return Codestream(rows, rows * width // height, 0)


def _jpeg_xl_start(content: bytes) -> int:
    """Return the size header's first bit, lowest first: the codestream's beginning as a number."""
    if content.startswith(b"\xff\x0a"):
        return int.from_bytes(content[2:16], "little")
    for box, skipped in ((b"jxlc\xff\x0a", 6), (b"jxlp\x00\x00\x00\x00\xff\x0a", 10)):
        if (place := content.find(box)) >= 0:
            return int.from_bytes(content[place + skipped : place + skipped + 16], "little")
    raise UnusableError("bad_stream", "no start of codestream")


class _Bits:
    """Takes bits from a number, lowest first."""

    def __init__(self, number: int) -> None:
        self._number = number

    def take(self, count: int) -> int:
        taken = self._number & ((1 << count) - 1)
        self._number >>= count
        return taken


def _jpeg_xl_side(bits: _Bits, eighths: int) -> int:
    if eighths:
        return 8 * (1 + bits.take(5))
    return 1 + bits.take((9, 13, 18, 30)[bits.take(2)])


def _unpack(layout: str, content: bytes, position: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, content, position)
    except struct.error:
        raise UnusableError("truncated", "frame header") from None
