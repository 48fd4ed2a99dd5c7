import io
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from pipeline.deidentify.export.streams.mpeg2 import clean_mpeg2
from pipeline.deidentify.export.streams.nal import H264, HEVC, Codec, clean_nal_units
from pipeline.io.unusable import UnusableError
from tests.deidentify.export.streams.pictures import CANARY, HEIGHT, WIDTH, picture

av = pytest.importorskip("av")
START = b"\0\0\0\x01"
# Kinds of supplemental messages: buffering, timing, two kinds of user data, a later one.
KINDS = (0, 1, 4, 5, 137)
CODECS = {"libx264": ("h264", H264), "libx265": ("hevc", HEVC)}
# What x264 and x265 write into their own streams about themselves.
QUIET = {"libx264": {}, "libx265": {"x265-params": "log-level=none:pools=1"}}


def video(encoder: str) -> bytes:
    """Return six frames as an elementary stream."""
    stream = av.CodecContext.create(encoder, "w")
    stream.width, stream.height, stream.pix_fmt = WIDTH * 4, HEIGHT * 4, "yuv420p"
    stream.framerate, stream.time_base = Fraction(25), Fraction(1, 25)
    stream.options = QUIET.get(encoder, {})
    packets = []
    for seed in range(6):
        shown = np.kron(picture(1, seed), np.ones((4, 4), np.uint8))
        frame = av.VideoFrame.from_ndarray(shown, format="gray").reformat(format="yuv420p")
        frame.pts = seed
        packets += stream.encode(frame)
    return b"".join(bytes(packet) for packet in [*packets, *stream.encode(None)])


def decoded(content: bytes, name: str) -> list[Any]:
    with av.open(io.BytesIO(content), format=name) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def message_unit(codec: Codec, kind: int, payload: bytes) -> bytes:
    """Return a unit with one supplemental message, escaped as the standards ask."""
    header = b"\x06" if codec is H264 else bytes([39 << 1, 1])
    raw = bytes([kind, len(payload)]) + payload + b"\x80"
    return START + header + re.sub(rb"\0\0(?=[\0-\x03])", b"\0\0\x03", raw)


@pytest.mark.parametrize("encoder", CODECS)
def test_messages_go_and_the_video_stays(encoder: str) -> None:
    name, codec = CODECS[encoder]
    content = video(encoder)
    frames = decoded(content, name)
    assert len(frames) == 6
    payload = bytes(16) + CANARY + bytes(3)
    filler = START + (b"\x0c" if codec is H264 else bytes([38 << 1, 1])) + CANARY + b"\x80"
    unspecified = START + (b"\x18" if codec is H264 else bytes([50 << 1, 1])) + CANARY + b"\x80"
    planted = b"".join(message_unit(codec, kind, payload) for kind in KINDS) + filler + unspecified
    units = [match.start() for match in re.finditer(rb"\0\0\0\x01", content)]
    dirty = content
    for position in reversed(units[1:]):
        dirty = dirty[:position] + planted + dirty[position:]
    cleaned = clean_nal_units(dirty + planted, codec)
    assert CANARY not in cleaned
    assert b"x26" not in cleaned
    assert cleaned == clean_nal_units(content, codec) == clean_nal_units(cleaned, codec)
    assert np.array_equal(decoded(cleaned, name), frames)


@pytest.mark.parametrize("encoder", CODECS)
def test_of_the_messages_only_recovery_points_stay(encoder: str) -> None:
    _, codec = CODECS[encoder]
    header = b"\x06" if codec is H264 else bytes([39 << 1, 1])
    recovery = b"\x06\x04\0\0\x03\0\x01"  # escaped: its own payload is 00 00 00 01
    user = b"\x05\xff\x05" + CANARY + bytes(2) + b"\x03" + b"A" * (260 - len(CANARY) - 2)
    unit = START + header + user + recovery + b"\x80"
    assert clean_nal_units(unit, codec) == START + header + recovery + b"\x80"


def test_user_data_and_time_codes_of_mpeg2_go_and_the_video_stays() -> None:
    content = video("mpeg2video")
    frames = decoded(content, "mpegvideo")
    assert len(frames) == 6
    planted = b"\0\0\x01\xb2" + CANARY + b"\0\0\x01\xb5\x40" + CANARY
    dirty = content
    for match in reversed(list(re.finditer(rb"\0\0\x01[\x00\xb8]", content))):
        dirty = dirty[: match.start()] + planted + dirty[match.start() :]
    # 12:34:56, as bits of the time code in the header of a group of pictures.
    group = dirty.index(b"\0\0\x01\xb8") + 4
    time_code = (12 << 26 | 34 << 20 | 1 << 19 | 56 << 13) & 0xFFFFFFFF
    keep = dirty[group + 3] & 0x7F
    dirty = dirty[:group] + (time_code | keep).to_bytes(4, "big") + dirty[group + 4 :]
    cleaned = clean_mpeg2(dirty + b"\0\0\x01\xb7" + CANARY)
    assert CANARY not in cleaned
    assert cleaned == clean_mpeg2(content) + b"\0\0\x01\xb7"
    assert np.array_equal(decoded(cleaned, "mpegvideo"), frames)


@pytest.mark.parametrize("layout", ["mp4", "mpegts", "mpeg"])
def test_containers_are_refused(layout: str) -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=layout) as container:
        stream = container.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        frame = av.VideoFrame.from_ndarray(picture(), format="gray").reformat(format="yuv420p")
        container.mux([*stream.encode(frame), *stream.encode(None)])
    with pytest.raises(UnusableError):
        clean_mpeg2(buffer.getvalue())
    for codec in (H264, HEVC):
        with pytest.raises(UnusableError):
            clean_nal_units(buffer.getvalue(), codec)
