"""H.264 and HEVC byte streams without user data (ISO 14496-10 and 23008-2, Annex B)."""

import re
from dataclasses import dataclass

from pipeline.deidentify.export.streams.fault import refusal

START = re.compile(rb"\x00\x00\x01")
# Where a decoder may begin; every other message is about buffering, display, or is user data.
RECOVERY_POINT = 6
END_OF_MESSAGES = b"\x80"


@dataclass(frozen=True)
class Codec:
    """How a codec numbers its units: those that a decoder needs, messages, and unneeded ones."""

    header: int
    needed: frozenset[int]
    messages: frozenset[int]
    unneeded: frozenset[int]

    def kind(self, unit: bytes) -> int:
        """Return a unit's type, from its first byte."""
        return unit[0] & 0x1F if self.header == 1 else unit[0] >> 1 & 0x3F


# Slices, parameter sets, delimiters, end of sequence, and the second view of stereo; fillers and
# unspecified types, which decoders ignore, go.
H264 = Codec(
    header=1,
    needed=frozenset({1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 19, 20}),
    messages=frozenset({6}),
    unneeded=frozenset({0, 12, *range(24, 32)}),
)
HEVC = Codec(
    header=2,
    needed=frozenset({*range(10), *range(16, 22), *range(32, 38)}),
    messages=frozenset({39, 40}),
    unneeded=frozenset({38, *range(48, 64)}),
)


def clean_nal_units(encoded: bytes, codec: Codec) -> bytes:
    """Return the stream with the units that a decoder needs, each after a four-byte start code.

    Of the supplemental messages only recovery points stay. Raises UnusableError for a transport
    stream or an MP4 file, whose boxes and packets can carry anything.
    """
    starts = [match.end() for match in START.finditer(encoded)]
    if not starts or encoded[: starts[0] - 3].strip(b"\0"):
        raise refusal("video_container")
    ends = [*(start - 3 for start in starts[1:]), len(encoded)]
    units = (
        _kept_unit(encoded[start:end].rstrip(b"\0"), codec)
        for start, end in zip(starts, ends, strict=True)
    )
    kept = b"".join(b"\0\0\0\x01" + unit for unit in units if unit)
    if not kept:
        raise refusal("nal_empty")
    return kept


def _kept_unit(unit: bytes, codec: Codec) -> bytes:
    """Return a unit as it may leave; perhaps nothing."""
    if len(unit) <= codec.header:
        return unit  # an end of sequence has nothing but its header
    kind = codec.kind(unit)
    if kind in codec.needed:
        return unit
    if kind in codec.messages:
        return _kept_messages(unit, codec.header)
    if kind in codec.unneeded:
        return b""
    raise refusal("nal_unknown_unit")


def _kept_messages(unit: bytes, header: int) -> bytes:
    """Return a unit of supplemental messages with its recovery points only."""
    raw, kept, position = _unescaped(unit[header:]), b"", 0
    while raw[position:] != END_OF_MESSAGES and position < len(raw):
        kind, after = _number(raw, position)
        size, content = _number(raw, after)
        if content + size > len(raw):
            raise refusal("nal_message")
        position, start = content + size, position
        kept += raw[start:position] if kind == RECOVERY_POINT else b""
    return unit[:header] + _escaped(kept + END_OF_MESSAGES) if kept else b""


def _number(raw: bytes, position: int) -> tuple[int, int]:
    """Read a number written as bytes of 255 and a last smaller one (7.3.2.3.1)."""
    total = 0
    while position < len(raw):
        total += raw[position]
        position += 1
        if raw[position - 1] != 0xFF:
            return total, position
    raise refusal("nal_message")


def _unescaped(payload: bytes) -> bytes:
    """Remove the bytes that keep start codes from appearing in a payload (7.4.1)."""
    return re.sub(rb"\x00\x00\x03", b"\x00\x00", payload)


def _escaped(raw: bytes) -> bytes:
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", raw)
