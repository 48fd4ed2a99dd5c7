"""Read the text of an image with a neural network: a second opinion that shares no idea with ours.

RapidOCR (Apache-2.0) runs PaddleOCR's detection and recognition models, which lie inside its
package, on one thread of the CPU. The auditor uses it; the cleaner must not.
"""

import logging
from typing import Any, NamedTuple

import numpy as np

from pipeline.io.images import Image

LOGGER = "RapidOCR"
SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_cls": False,  # text on a screen is not upside down
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class ReadText(NamedTuple):
    """Text that was read, its confidence from 0 to 1, and its box x0, y0, x1, y1 (exclusive).

    `text` is what a patient's screen says: compare it, never log or store it.
    """

    box: tuple[int, int, int, int]
    text: str
    confidence: float

    def __repr__(self) -> str:
        return f"ReadText({self.box}, {self.confidence:.2f})"


def _quiet() -> None:
    # The library sets its own level and handler when it is imported and when it starts.
    logger = logging.getLogger(LOGGER)
    logger.handlers.clear()
    logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.CRITICAL)
    logger.disabled = True


def _bounds(corners: Any) -> tuple[int, int, int, int]:
    points = np.asarray(corners, np.float64)
    x0, y0 = np.floor(points.min(axis=0))
    x1, y1 = np.ceil(points.max(axis=0))
    return max(int(x0), 0), max(int(y0), 0), int(x1), int(y1)


class TextReader:
    """Finds and reads text. The models are loaded on the first use and kept."""

    def __init__(self) -> None:
        self._engine: Any = None

    def _started(self) -> Any:
        if self._engine is None:
            _quiet()
            from rapidocr import RapidOCR

            _quiet()
            self._engine = RapidOCR(params=SETTINGS)
            _quiet()
        return self._engine

    def _run(self, image: Image, recognise: bool) -> Any:
        ordered = np.stack([image] * 3, axis=2) if image.ndim == 2 else image[..., ::-1]
        return self._started()(np.ascontiguousarray(ordered), use_rec=recognise, use_cls=False)

    def read(self, image: Image) -> list[ReadText]:
        """Return the text of `image_HW` or `_HWC` (RGB), sorted by place."""
        result = self._run(image, recognise=True)
        if result.boxes is None or result.txts is None:
            return []
        lines = zip(result.boxes, result.scores, result.txts, strict=True)
        return sorted(
            ReadText(_bounds(corners), str(text), float(score)) for corners, score, text in lines
        )

    def locate(self, image: Image) -> list[tuple[int, int, int, int]]:
        """Return only where there is text, (x0, y0, x1, y1) with x1 and y1 exclusive."""
        result = self._run(image, recognise=False)
        return [] if result.boxes is None else sorted(map(_bounds, result.boxes))
