"""Frames of MPEG-2, H.264 and HEVC cine (PS3.5 8.2.5 to 8.2.8), streamed from the open file.

By the FFmpeg inside OpenCV's wheel (LGPL), which reads the fragments as one stream: no temporary
file, and no more than a few frames in memory.
"""

import io
import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import cv2

from pipeline.io.encapsulated import Span, read_fragments
from pipeline.io.images import Image
from pipeline.io.pixel_file import PixelFile
from pipeline.io.readers import SeekableReader
from pipeline.io.unusable import UnusableError

DECODER_NAME = "opencv/ffmpeg"
# One thread: jobs run side by side.
_SETTINGS = [cv2.CAP_PROP_N_THREADS, 1]
# Broken streams are told by an exception, not by lines of OpenCV and FFmpeg on stderr.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def library_version() -> str:
    """Return the versions of OpenCV and of the decoders of the FFmpeg that it was built with."""
    found = re.search(r"avcodec: +YES \(([0-9.]+)\)", cv2.getBuildInformation())
    return f"opencv {cv2.__version__}" + (f", libavcodec {found[1]}" if found else "")


class FragmentReader(SeekableReader):
    """The fragments of pixel data as one seekable stream, read from the file as needed."""

    def __init__(self, pixels: PixelFile, fragments: list[Span]) -> None:
        self._stream, self._fragments = pixels.stream, fragments
        self._starts = [0, *accumulate(fragment.length for fragment in fragments)]

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position in the joined stream."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._starts[-1]}
        self._position = max(0, base[whence] + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` up to the end of the current fragment; return 0 at the end only."""
        number = bisect_right(self._starts, self._position) - 1
        if number >= len(self._fragments):
            return 0
        within = self._position - self._starts[number]
        fragment = self._fragments[number]
        self._stream.seek(fragment.offset + within)
        content = self._stream.read(min(len(buffer), fragment.length - within))
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


def decode_video(pixels: PixelFile, wanted: list[int] | None) -> Iterator[Image]:
    """Yield the frames of a video `_HWC` (RGB) in order, or the `wanted` ones in their order.

    The stream is decoded from its start: its frames refer to one another. Raises UnusableError when
    it is none, has another size, or holds fewer or more frames than stated.
    """
    _, fragments = read_fragments(pixels)
    reader = io.BufferedReader(FragmentReader(pixels, fragments))
    try:
        capture = cv2.VideoCapture(reader, cv2.CAP_FFMPEG, _SETTINGS)  # type: ignore[call-overload]
    except cv2.error as error:
        raise UnusableError("decode_failed", type(error).__name__) from None
    try:
        # The picture as it is encoded, whatever rotation its container asks for.
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)
        _check(capture, pixels)
        stated = pixels.format.frames
        if wanted is None:
            yield from _frames(capture, list(range(stated)))
            if capture.grab():
                raise UnusableError("frame_count")
        elif wanted == sorted(set(wanted)):
            yield from _frames(capture, wanted)
        else:
            held = dict(
                zip(sorted(set(wanted)), _frames(capture, sorted(set(wanted))), strict=True)
            )
            yield from (held[index] for index in wanted)
    finally:
        capture.release()


def _check(capture: cv2.VideoCapture, pixels: PixelFile) -> None:
    if not capture.isOpened():
        raise UnusableError("bad_stream", "no video")
    size = (capture.get(cv2.CAP_PROP_FRAME_HEIGHT), capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    if size != (pixels.format.rows, pixels.format.columns):
        raise UnusableError("wrong_size")
    if pixels.format.samples != 3:
        raise UnusableError("wrong_size", "components")


def _frames(capture: cv2.VideoCapture, wanted: list[int]) -> Iterator[Image]:
    """Yield the frames at rising indices; those between are decoded but not converted."""
    grabbed = 0
    for index in wanted:
        while grabbed <= index:
            if not capture.grab():
                raise UnusableError("frame_count")
            grabbed += 1
        done, picture = capture.retrieve()
        if not done:
            raise UnusableError("decode_failed", "video")
        yield cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype("uint8", copy=False)
