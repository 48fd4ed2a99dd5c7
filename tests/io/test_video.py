"""MPEG-2, H.264 and HEVC: encoded by PyAV, decoded by ours and by PyAV."""

import io
from typing import Any

import numpy as np
import pytest
from pydicom import uid
from pydicom._uid_dict import UID_dictionary

from pipeline.io.dicom import DECODERS, decode_frames, frame_count
from pipeline.io.encapsulated import encoded_frames
from pipeline.io.pixel_file import open_pixels
from pipeline.io.syntaxes import VIDEO
from pipeline.io.unusable import UnusableError
from tests.io.encoded_files import encapsulated, items, padded

av = pytest.importorskip("av", reason="PyAV, whose wheels carry GPL codecs, encodes the videos")
HEIGHT, WIDTH, COUNT = 96, 128, 12
STREAMS = [
    (uid.MPEG2MPML, "mpeg2video", "mpeg2video", "yuv420p"),
    (uid.MPEG2MPHLF, "mpeg2video", "mpegts", "yuv420p"),
    (uid.MPEG4HP41, "libx264", "h264", "yuv420p"),
    (uid.MPEG4HP41BDF, "libx264", "mp4", "yuv420p"),
    (uid.MPEG4HP422D, "libx264", "mpegts", "yuv420p"),
    (uid.HEVCMP51, "libx265", "hevc", "yuv420p"),
    (uid.HEVCM10P51, "libx265", "mp4", "yuv420p10le"),
]


def scenes() -> list[Any]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    planes = [
        np.stack([(columns + 3 * number) % 256, 2 * rows, 0 * rows + 128], axis=-1)
        for number in range(COUNT)
    ]
    return [plane.astype(np.uint8) for plane in planes]


def movie(codec: str, container: str, layout: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, layout
        stream.options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
        for scene in scenes():
            output.mux(stream.encode(av.VideoFrame.from_ndarray(scene, format="rgb24")))
        output.mux(stream.encode())
    return padded(buffer.getvalue())


def file(content: bytes, syntax: str, parts: int = 1, **changes: Any) -> io.BytesIO:
    size = -(-len(content) // parts // 2) * 2
    pixels = items([content[start : start + size] for start in range(0, len(content), size)])
    stated: dict[str, Any] = {
        "PhotometricInterpretation": "YBR_PARTIAL_420",
        "NumberOfFrames": COUNT,
    }
    return encapsulated([], syntax, scenes()[0], pixels, **stated | changes)


def second(content: bytes) -> list[Any]:
    with av.open(io.BytesIO(content), "r") as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: "-".join(stream[1:]))
def test_a_second_decoder_agrees(stream: tuple[str, str, str, str]) -> None:
    syntax, *how = stream
    content = movie(*how)
    expected = second(content)
    # 10 bits are reduced to 8 with another dither.
    tolerance = 6 if how[-1].endswith("10le") else 1
    for parts in (1, 3):
        cine = file(content, syntax, parts)
        shown = list(decode_frames(cine))
        assert len(shown) == len(expected) == COUNT == frame_count(cine)
        assert np.abs(np.stack(shown).astype(int) - np.stack(expected)).max() <= tolerance
        assert np.abs(np.stack(shown).astype(int) - np.stack(scenes())).mean() < 6
        with open_pixels(cine) as pixels:
            assert list(encoded_frames(pixels)) == [content]
        for indices in ([4, 9], [9, 4, 4]):
            np.testing.assert_array_equal(
                list(decode_frames(cine, indices)), [shown[index] for index in indices]
            )


@pytest.fixture(scope="module")
def h264() -> bytes:
    return movie("libx264", "h264", "yuv420p")


def test_fewer_or_more_frames_than_stated_are_refused(h264: bytes) -> None:
    for stated in (COUNT - 1, COUNT + 1):
        with pytest.raises(UnusableError, match="frame_count"):
            list(decode_frames(file(h264, uid.MPEG4HP41, NumberOfFrames=stated)))
    for end in range(100, len(h264) * 9 // 10, 200):
        with pytest.raises(UnusableError, match=r"frame_count|bad_stream"):
            list(decode_frames(file(padded(h264[:end]), uid.MPEG4HP41)))


def test_another_size_or_no_video_is_refused(h264: bytes) -> None:
    with pytest.raises(UnusableError, match="wrong_size"):
        next(decode_frames(file(h264, uid.MPEG4HP41, Rows=HEIGHT - 2)))
    for content in (b"\0\0", b"MUELLER^ANNA" * 100):
        with pytest.raises(UnusableError, match="bad_stream"):
            next(decode_frames(file(content, uid.MPEG4HP41)))


def test_every_video_syntax_of_the_standard_has_a_decoder() -> None:
    prefix = "1.2.840.10008.1.2.4.10"
    listed = {syntax for syntax in UID_dictionary if syntax.startswith(prefix) and syntax != prefix}
    assert listed == VIDEO <= set(DECODERS)
