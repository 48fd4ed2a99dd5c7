"""MPEG-2 video elementary streams without user data (ISO 13818-2)."""

import re

from pipeline.deidentify.export.streams.fault import refusal

PREFIX = b"\x00\x00\x01"
USER_DATA, SEQUENCE, EXTENSION, SEQUENCE_END, GROUP = 0xB2, 0xB3, 0xB5, 0xB7, 0xB8
PICTURE_AND_SLICES = range(0xB0)
COPYRIGHT = 4


def clean_mpeg2(encoded: bytes) -> bytes:
    """Return the stream without user data, copyright extensions, time codes and zero stuffing.

    The time code of a group of pictures can be the time of day. Raises UnusableError for a
    program or transport stream, whose packets can carry anything.
    """
    if not re.match(rb"\x00*\x00\x00\x01\xb3", encoded):
        raise refusal("video_container")
    _, *units = encoded.split(PREFIX)
    return b"".join(map(_kept_unit, units))


def _kept_unit(unit: bytes) -> bytes:
    """Return a unit, from its start code's last byte on, as it may leave; perhaps nothing."""
    if not unit:
        raise refusal("mpeg2_unknown_unit")
    code, kind = unit[0], unit[1] >> 4 if len(unit) > 1 else 0
    if code == USER_DATA or (code == EXTENSION and kind == COPYRIGHT):
        return b""
    if code == SEQUENCE_END:
        return PREFIX + unit[:1]
    if code == GROUP and len(unit) >= 5:
        # The marker bit in the middle of the time code stays, as do the two flags after it.
        return PREFIX + bytes([GROUP, 0, 8, 0, unit[4] & 0x7F])
    if code in PICTURE_AND_SLICES or code in (SEQUENCE, EXTENSION):
        return PREFIX + unit
    raise refusal("mpeg2_unknown_unit")
