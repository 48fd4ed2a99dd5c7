"""Text that is still to be seen in kept pixels, read by a second, independent detector.

What is read and matches somebody's value stops the study. Other words that are read with
confidence are for a person to look at: their frames' ids are listed, not the words.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any, Protocol

import numpy as np

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.patterns import looks_like
from pipeline.deidentify.audit.search import Searcher
from pipeline.io.images import Image

LEGIBLE = 3  # letters or digits; less is a tick of a scale or an orientation mark


class Reader(Protocol):
    """Anything that reads the text of an `image_HW` or `image_HWC`."""

    def __call__(self, image: Image) -> Sequence[tuple[Any, str, float]]:
        """Return (box, text, confidence) for each text in the image."""
        ...


@dataclass(frozen=True)
class Sample:
    """Which images are read: instances drawn by their id, of each the ends and every k-th frame.

    `instances` 0 means all. Recognised text below `confidence` is not reported.
    """

    instances: int
    every: int
    confidence: float

    def drawn(self, ids: Iterable[str]) -> set[str]:
        """Return the instances to read: the same for the same ids, in no order of the archive."""
        if not self.instances:
            return set(ids)
        return set(
            nsmallest(self.instances, ids, lambda one: hashlib.sha256(one.encode()).digest())
        )

    def chosen(self, index: int, last: int) -> bool:
        """Tell whether a frame is read by itself."""
        return index in {0, last} or index % self.every == 0


@dataclass
class TextCheck:
    """Reads sampled frames, and counts what was read."""

    reader: Reader
    wanted: Searcher
    sample: Sample
    images: int = 0
    review: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    _seen: set[bytes] = field(default_factory=set)

    def read_instance(self, name: str, frames: Iterable[Image], count: int) -> Iterator[Image]:
        """Yield the frames of an instance as they come, reading the chosen ones and the maximum."""
        self._seen.clear()
        brightest: Image | None = None
        for index, frame in enumerate(frames):
            brightest = frame if brightest is None else _maximum(brightest, frame)
            if self.sample.chosen(index, count - 1):
                self._read(f"{name}_{index:04d}", frame)
            yield frame
        if brightest is not None:
            self._read(f"{name}_maximum", brightest)

    def _read(self, name: str, image: Image) -> None:
        content = hashlib.sha256(repr(image.shape).encode() + image.tobytes()).digest()
        if content in self._seen:  # a still is its own maximum
            return
        self._seen.add(content)
        self.images += 1
        texts = [text for _, text, sure in self.reader(image) if sure >= self.sample.confidence]
        # A name is often read as two boxes.
        together = " ".join(texts)
        found = max(self.wanted.count(together), sum(map(self.wanted.count, texts)))
        self.findings.note("value_in_pixels", name, found)
        legible = any(sum(map(str.isalnum, text)) >= LEGIBLE for text in texts)
        if not found and (legible or looks_like(together)):
            self.review.append(name)


def _maximum(one: Image, other: Image) -> Image:
    """Return the brighter of two frames, pixel by pixel; grey and colour frames may mix."""
    if one.ndim != other.ndim:
        one, other = (
            image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
            for image in (one, other)
        )
    return np.maximum(one, other)
