"""The pixels of one instance: what stays and what goes is found first, then each frame is cleaned.

Three passes over a cine, each in the memory of a few frames: its maximum shows the sector, every
frame is searched for text, and then the frames are cleaned. A short one is decoded once and kept.
Of the cleaner's own output nothing is taken away.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.deidentify.params import CleanParams
from pipeline.deidentify.pixels.banner import with_banner
from pipeline.deidentify.pixels.sector import Sector, blank_outside, find_sector
from pipeline.deidentify.pixels.text import TextBox, find_text, paint_over
from pipeline.deidentify.pixels.text_cine import CineText
from pipeline.io.hashing import sha256_bytes, sha256_json
from pipeline.io.images import Image, to_grey
from pipeline.io.regions import Box
from pipeline.io.unusable import UnusableError

# Lossy colour transforms leave greys with differences of a few levels between channels.
GREY_TOLERANCE = 6
# Most colour shows already in every so many rows and columns.
SPARSE = 8
# Decoded frames that are kept rather than decoded again, in bytes.
KEPT = 48 << 20


class CleanFrame(NamedTuple):
    """A cleaned frame `image_HW` or `image_HWC`, and what was done to it."""

    image: Image
    blanked_share: float
    text: list[TextBox]


class Shape(NamedTuple):
    """What ingest found the size of an instance to be."""

    frames: int
    rows: int
    columns: int

    @property
    def is_short(self) -> bool:
        """Whether its frames, as colour, are few enough to be kept in memory."""
        return 3 * self.frames * self.rows * self.columns <= KEPT


class InstancePixels:
    """The frames of one instance, cleaned each time they are iterated.

    `decode` yields the frames at some indices, or all for None. `sector` is what was kept. `is_own`
    tells by their digest whether the pixels are the cleaner's own output, where the header claims
    it. Raises UnusableError when the pixels cannot be decoded, are not of the stated `shape`, or
    show no sector.
    """

    def __init__(
        self,
        decode: Callable[[Iterable[int] | None], Iterator[Image]],
        shape: Shape,
        regions: tuple[Box, ...],
        params: CleanParams,
        is_own: Callable[[str], bool] | None,
    ) -> None:
        self._decode, self._shape = decode, shape
        self._kept: list[Image] | None = None
        if shape.is_short:
            self._kept = list(self._decoded())
        if is_own is not None and is_own(self._digest()):
            self.sector = self._lit(regions)
            self._text: Callable[[int], list[TextBox]] = lambda index: []
        else:
            self.sector = self._find_sector(regions, params)
            self._text = self._find_text(params.text_window)

    def __iter__(self) -> Iterator[CleanFrame]:
        """Yield every frame with nothing outside the sector, and its text painted over."""
        for index, frame in enumerate(self._decoded()):
            blanked, share = blank_outside(frame, self.sector.mask)
            boxes = self._text(index)
            yield CleanFrame(without_colour(paint_over(blanked, boxes)), share, boxes)

    def _decoded(self) -> Iterator[Image]:
        if self._kept is not None:
            yield from self._kept
            return
        count = 0
        for frame in self._decode(None):
            if frame.shape[:2] != (self._shape.rows, self._shape.columns):
                raise UnusableError("wrong_size")
            count += 1
            yield frame
        if count != self._shape.frames:
            raise UnusableError("frame_count")

    def _sampled(self, number: int) -> Iterator[Image]:
        step = -(-self._shape.frames // number)
        if self._kept is not None:
            yield from self._kept[::step]
        else:
            yield from self._decode(range(0, self._shape.frames, step))

    def _digest(self) -> str:
        frames = map(without_colour, self._decoded())
        return pixels_digest(sha256_bytes(frame.reshape(-1).data) for frame in frames)

    def _lit(self, regions: tuple[Box, ...]) -> Sector:
        """Return the smallest box in which there is anything but black."""
        lit = np.zeros((self._shape.rows, self._shape.columns), np.uint8)
        for frame in self._decoded():
            lit |= frame.reshape(*lit.shape, -1).any(axis=2)
        x0, y0, width, height = cv2.boundingRect(lit)
        mask = np.zeros(lit.shape, bool)
        mask[y0 : y0 + height, x0 : x0 + width] = True
        basis = "regions" if regions else "detected"
        return Sector(mask, Box(x0, y0, x0 + width, y0 + height), basis)

    def _find_sector(self, regions: tuple[Box, ...], params: CleanParams) -> Sector:
        brightest: Image | None = None
        for frame in self._sampled(params.sector_frames):
            brightest = frame if brightest is None else np.maximum(brightest, frame)
        if brightest is None:
            raise UnusableError("no_frames")
        sector = find_sector(brightest, regions, params.sector_threshold)
        if sector is None:
            raise UnusableError("no_sector")
        return sector

    def _find_text(self, window: int) -> Callable[[int], list[TextBox]]:
        if self._shape.frames == 1:
            (frame,) = self._decoded()
            boxes = with_banner(find_text(frame, self.sector.mask), self.sector.mask)
            return lambda index: boxes
        cine = CineText(self.sector.mask, window)
        for frame in self._decoded():
            cine.look(frame)
        return cine.boxes_for


def pixels_digest(frames_sha256: Iterable[str]) -> str:
    """Return the digest of an instance's pixels, from those of its cleaned frames."""
    return sha256_json(list(frames_sha256))


def without_colour(frame: Image) -> Image:
    """Return `frame_HWC` as `frame_HW` when its channels agree but for rounding, else unchanged."""
    if frame.ndim == 2 or not _is_grey(frame[::SPARSE, ::SPARSE]) or not _is_grey(frame):
        return frame
    return to_grey(frame)


def _is_grey(frame: Image) -> bool:
    red, green, blue = cv2.split(frame)
    pairs = ((red, green), (green, blue), (blue, red))
    return all(cv2.norm(*pair, cv2.NORM_INF) <= GREY_TOLERANCE for pair in pairs)


def to_colour(frame: Image) -> Image:
    """Return `frame_HWC`, by three equal channels when `frame` is grey."""
    return frame if frame.ndim == 3 else np.asarray(cv2.merge([frame] * 3), np.uint8)


def alike(frames: Iterator[Image], coloured: bool) -> Iterator[Image]:
    """Yield frames in colour when any is: a DICOM object is grey or colour as a whole."""
    for frame in frames:
        yield to_colour(frame) if coloured else frame
