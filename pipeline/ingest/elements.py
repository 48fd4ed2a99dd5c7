"""Walk a data set element by element to its last byte, without reading values.

pydicom opens a truncated file as a smaller data set, and fails at some damages only when a value is
asked for. Here tags, value representations and lengths (PS3.5 7.1), sequences (PS3.5 7.5) and
fragments (PS3.5 A.4) are followed, and the first that does not fit is the file's fault.
"""

import io
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, NamedTuple

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import keyword_for_tag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, VR

from pipeline.io.encapsulated import ITEM, SEQUENCE_END, Span
from pipeline.io.pixel_file import PIXEL_DATA, UNDEFINED
from pipeline.io.unusable import UnusableError

ITEM_END = 0xFFFEE00D
DELIMITER_GROUP = 0xFFFE
META_GROUP = b"\x02\x00"
LONG_FORMS = {str(vr).encode() for vr in EXPLICIT_VR_LENGTH_32}
KNOWN_FORMS = {str(vr).encode() for vr in VR if len(str(vr)) == 2}
SEQUENCES = {tag for tag, entry in DicomDictionary.items() if entry[0] == "SQ"}
# The deepest real structured report is a dozen levels; readers recurse and would overflow.
MAX_DEPTH = 64
MAX_FRAGMENTS = 1_000_000


NOWHERE = Span(0, 0)


@dataclass
class PixelElement:
    """The pixel data: one value, or when encapsulated an offset table and its fragments."""

    begin: int
    vr: bytes = b""
    native: Span | None = None
    offset_table: Span = NOWHERE
    fragments: list[Span] = field(default_factory=list)


class _Element(NamedTuple):
    tag: int
    vr: bytes
    length: int


class _Level(NamedTuple):
    """A sequence or an item that is open; `end` is None when a delimiter ends it."""

    is_item: bool
    end: int | None
    explicit: bool


class Walker:
    """Reads the elements of one stream, from where it stands; `size` is its length if known."""

    def __init__(self, stream: BinaryIO, size: int | None, big_endian: bool = False) -> None:
        self._stream, self._size = stream, size
        self._order: Literal["big", "little"] = "big" if big_endian else "little"
        self._place = stream.tell()

    def walk(self) -> PixelElement | None:
        """Walk a data set to its end; return its pixel data, or None without any.

        Raises UnusableError: `truncated`, `too_deep`, `unreadable_element`, `broken_structure`.
        """
        explicit, found = self._is_explicit(), None
        while not self._at_end():
            begin = self._place
            element = self._element(explicit)
            if element.tag == PIXEL_DATA:
                found = self._pixels(element, begin)
            elif element.tag >> 16 == DELIMITER_GROUP:
                raise UnusableError("broken_structure")
            else:
                self._value(element, explicit)
        return found

    def walk_meta(self) -> None:
        """Walk the file meta information only, always explicit and little endian (PS3.10 7.1)."""
        while self._stream.read(2) == META_GROUP:
            self._stream.seek(self._place)
            self._skip(self._element(explicit=True).length)

    def _take(self, count: int) -> bytes:
        content = self._stream.read(count)
        self._place += count
        if len(content) < count:
            raise UnusableError("truncated")
        return content

    def _at_end(self) -> bool:
        """Return whether nothing is left, or padding with zeros, which are no element."""
        head = self._stream.read(8)
        if any(head):
            self._stream.seek(self._place)
            return False
        return True

    def _is_explicit(self) -> bool:
        """Return whether the first element states its VR: files contradict their own syntax."""
        head = self._stream.read(6)
        self._stream.seek(self._place)
        return head[4:].isalpha() and head[4:].isupper()

    def _element(self, explicit: bool) -> _Element:
        """Read one element's tag, VR and length; the stream then stands at its value."""
        head = self._take(8)
        order = self._order
        group = int.from_bytes(head[:2], order)
        tag = group << 16 | int.from_bytes(head[2:4], order)
        if not explicit or group == DELIMITER_GROUP:
            return _Element(tag, b"", int.from_bytes(head[4:], order))
        vr = head[4:6]
        if vr in LONG_FORMS:
            return _Element(tag, vr, int.from_bytes(self._take(4), order))
        if vr not in KNOWN_FORMS:
            raise UnusableError("unreadable_element", keyword_for_tag(tag))
        return _Element(tag, vr, int.from_bytes(head[6:], order))

    def _skip(self, length: int) -> None:
        """Pass over a value; raise `truncated` when the stream ends within it."""
        self._place += length
        if self._size is not None and self._place > self._size:
            raise UnusableError("truncated")
        if self._stream.seek(self._place) < self._place:
            raise UnusableError("truncated")

    def _pixels(self, element: _Element, begin: int) -> PixelElement:
        if element.length != UNDEFINED:
            span = Span(self._place, element.length)
            self._skip(element.length)
            return PixelElement(begin, element.vr, native=span)
        spans = self._fragments()
        if not spans:
            raise UnusableError("broken_structure", "PixelData")
        return PixelElement(begin, element.vr, offset_table=spans[0], fragments=spans[1:])

    def _fragments(self) -> list[Span]:
        """Pass over items of bytes up to their delimiter; return where they lie."""
        spans: list[Span] = []
        while (item := self._element(explicit=False)).tag != SEQUENCE_END:
            if item.tag != ITEM or item.length == UNDEFINED or len(spans) > MAX_FRAGMENTS:
                raise UnusableError("broken_structure")
            spans.append(Span(self._place, item.length))
            self._skip(item.length)
        return spans

    def _value(self, element: _Element, explicit: bool) -> None:
        """Pass over a value, into it when it is a sequence."""
        if _is_sequence(element):
            self._sequence(self._sequence_level(element, explicit))
        elif element.length == UNDEFINED:
            self._fragments()
        else:
            self._skip(element.length)

    def _sequence_level(self, element: _Element, explicit: bool) -> _Level:
        # What is of unknown kind is written in implicit VR (PS3.5 6.2.2).
        return _Level(False, self._end(element), explicit and element.vr != b"UN")

    def _end(self, element: _Element) -> int | None:
        return None if element.length == UNDEFINED else self._place + element.length

    def _sequence(self, outermost: _Level) -> None:
        """Pass over a sequence with all that is in it, without recursion."""
        levels = [outermost]
        while levels:
            level = levels[-1]
            if level.end is not None and self._place >= level.end:
                if self._place > level.end:
                    raise UnusableError("broken_structure")
                levels.pop()
                continue
            element = self._element(level.explicit)
            if element.tag in (ITEM_END, SEQUENCE_END):
                if level.end is not None or level.is_item != (element.tag == ITEM_END):
                    raise UnusableError("broken_structure")
                levels.pop()
            elif level.is_item != (element.tag != ITEM):
                raise UnusableError("broken_structure")
            elif element.tag == ITEM:
                levels.append(_Level(True, self._end(element), level.explicit))
            elif _is_sequence(element):
                levels.append(self._sequence_level(element, level.explicit))
            else:
                self._value(element, level.explicit)
            if len(levels) > 2 * MAX_DEPTH:
                raise UnusableError("too_deep")


def _is_sequence(element: _Element) -> bool:
    if element.vr == b"SQ":
        return True
    if element.length == UNDEFINED:
        return element.vr == b"UN" or (element.vr == b"" and element.tag != PIXEL_DATA)
    return element.vr == b"" and element.tag in SEQUENCES


def stream_size(stream: BinaryIO) -> int:
    """Return the length of a stream and leave it where it stood."""
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(here)
    return size
