"""JPEG and JPEG-LS without comments and application segments (ISO 10918-1 B, 14495-1 C).

The tables, frame and scan headers and the entropy-coded data are copied as they are. Three
application segments change how a decoder reads the colours, so they are made anew, with nothing
but what the decoder needs: JFIF, Adobe's, and the colour transform of JPEG-LS.
"""

import re

from pipeline.deidentify.export.streams.fault import refusal

SOI, EOI, SOS, SOF_LS, COM = 0xD8, 0xD9, 0xDA, 0xF7, 0xFE
APPLICATIONS = range(0xE0, 0xF0)
# Frame headers, tables, restart interval, line count; JPEG-LS adds its frame header and LSE.
NEEDED = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, SOF_LS, 0xF8}) - {0xC8}
# Version 1.02, no unit, square pixels, no thumbnail.
JFIF = b"JFIF\0\x01\x02\x00\x00\x01\x00\x01\x00\x00"
# Version 100 and no flags; the transform byte follows.
ADOBE = b"Adobe\x00\x64\x00\x00\x00\x00"
# A marker ends entropy-coded data; stuffed bytes and restart markers belong to it. JPEG-LS stuffs
# a bit, not a byte, so that every byte below 0x80 may follow 0xFF.
MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
MARKER_LS = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")


def clean_jpeg(encoded: bytes) -> bytes:
    """Return one JPEG or JPEG-LS image without what is not needed to decode it.

    Whatever follows the end of the image is dropped. Raises UnusableError when the structure is
    not that of ISO 10918-1 or ISO 14495-1, or the image breaks off.
    """
    if encoded[:2] != b"\xff\xd8":
        raise refusal("jpeg_start")
    parts, position, entropy_end = [b"\xff\xd8"], 2, MARKER
    while True:
        marker, position = _marker(encoded, position)
        if marker == EOI:
            return b"".join([*parts, b"\xff\xd9"])
        payload = _payload(encoded, position)
        position += 2 + len(payload)
        parts.append(_kept_segment(marker, payload))
        entropy_end = MARKER_LS if marker == SOF_LS else entropy_end
        if marker == SOS:
            found = entropy_end.search(encoded, position)
            if found is None:
                raise refusal("jpeg_end")
            parts.append(encoded[position : found.start()])
            position = found.start()


def _marker(encoded: bytes, position: int) -> tuple[int, int]:
    """Return the marker at `position`, passing over fill bytes, and where its segment begins."""
    if encoded[position : position + 1] != b"\xff":
        raise refusal("jpeg_marker")
    while encoded[position : position + 1] == b"\xff":
        position += 1
    if position >= len(encoded):
        raise refusal("jpeg_end")
    return encoded[position], position + 1


def _payload(encoded: bytes, position: int) -> bytes:
    """Return the bytes of the segment whose length field stands at `position`."""
    length = int.from_bytes(encoded[position : position + 2], "big")
    if length < 2 or position + length > len(encoded):
        raise refusal("jpeg_segment")
    return encoded[position + 2 : position + length]


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


def _kept_segment(marker: int, payload: bytes) -> bytes:
    """Return what stays of a segment, perhaps nothing."""
    if marker in NEEDED:
        return _segment(marker, payload)
    if marker == COM:
        return b""
    if marker not in APPLICATIONS:
        raise refusal("jpeg_unknown_marker")
    if payload.startswith(b"JFIF\0"):
        return _segment(marker, JFIF)
    if payload.startswith(b"Adobe") and len(payload) >= len(ADOBE) + 1:
        return _segment(marker, ADOBE + payload[len(ADOBE) : len(ADOBE) + 1])
    if payload.startswith(b"mrfx") and len(payload) >= 5:
        return _segment(marker, payload[:5])
    return b""
