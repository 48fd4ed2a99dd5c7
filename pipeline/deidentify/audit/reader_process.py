"""Read text in a process of its own, so that the network's memory does not add to the search's.

The other process gets the shape of an image as a line of JSON, then its bytes, and answers with a
line of JSON. It ends with the input.
"""

import json
import os
import subprocess
import sys
from math import prod
from types import TracebackType
from typing import Self

import numpy as np

from pipeline.deidentify.audit.ocr import ReadText, TextReader
from pipeline.io.images import Image
from pipeline.io.keys import REPOSITORY


class ReaderProcess:
    """Reads images one by one; the process is started for the first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            with self._process:  # closes its input and waits for its end
                self._process = None

    def read(self, image: Image) -> list[ReadText]:
        """Return the text of `image_HW` or `_HWC` (RGB), sorted by place.

        Raises RuntimeError when the other process has ended; its error stands in the log.
        """
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        sent, answers = self._process.stdin, self._process.stdout
        assert sent and answers
        sent.write(json.dumps(image.shape).encode() + b"\n" + image.tobytes())
        sent.flush()
        if not (answer := answers.readline()):
            raise RuntimeError("the reader of text ended before it had read an image")
        read = json.loads(answer)
        return [ReadText((x0, y0, x1, y1), text, sure) for (x0, y0, x1, y1), text, sure in read]


def main() -> None:
    """Read what comes until there is no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer
    reader, images = TextReader(), sys.stdin.buffer
    while line := images.readline():
        shape = json.loads(line)
        image = np.frombuffer(images.read(prod(shape)), np.uint8).reshape(shape)
        answers.write(json.dumps(reader.read(image)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
