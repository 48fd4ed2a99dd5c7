"""Check the tars of frames: names, the pixels that were kept, and that none is missing."""

import re
import struct
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.frame_table import Instance, StatedFrames
from pipeline.deidentify.audit.pixel_text import TextCheck
from pipeline.deidentify.audit.search import Searcher
from pipeline.deidentify.audit.texts import findings_in_texts
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import Image, decode_png
from pipeline.io.shards import read_shard

# Chunks that a picture needs; the others can hold words (PNG specification, section 11.3).
PNG_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
FRAME_NAME = re.compile(r"[0-9a-f]{32}_[0-9]{4,}")
PROGRESS_EVERY = 200


def png_chunks(content: bytes) -> Iterator[bytes]:
    """Yield the type of each chunk of a PNG, and empty bytes for anything else that it holds."""
    place, kind = len(PNG_SIGNATURE), b""
    if not content.startswith(PNG_SIGNATURE):
        yield b""
    while place + 8 <= len(content) and kind != b"IEND":
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        yield kind
        place += length + 12
    if place != len(content):
        yield b""


def bright_outside(image: Image, box: tuple[int, int, int, int]) -> bool:
    """Tell whether `image_HW` or `image_HWC` has anything but black outside a box."""
    x0, y0, x1, y1 = box
    beside = image[y0:y1]
    return any(part.any() for part in (image[:y0], image[y1:], beside[:, :x0], beside[:, x1:]))


def place_of_frame(name: str, number: int) -> str:
    """Return a frame by its name if it is one of ours, without its ending, or else by its number.

    The number of a frame in its tar.
    """
    name = name.removesuffix(".png")
    return f"frame {name}" if FRAME_NAME.fullmatch(name) else f"frame number {number}"


class FrameCheck:
    """Checks a tar against `table`, of which it keeps the rows of one instance at a time.

    `came` counts the images that have a row there; `drawn` are the instances whose text is read.
    """

    def __init__(
        self,
        table: Path,
        instances: Mapping[str, Instance],
        wanted: Searcher,
        text: TextCheck | None,
        drawn: Container[str],
    ) -> None:
        self.checked = self.came = 0
        self.findings = Findings()
        self._table, self._instances, self._wanted = table, instances, wanted
        self._text, self._drawn = text, drawn

    def check(self, part: Path, progress: Callable[[str], None]) -> None:
        """Check every sample of a tar, one instance after the other."""
        table = StatedFrames(self._table, part.name)
        samples = read_shard(part)
        for instance, group in groupby(samples, lambda sample: sample[0].rpartition("_")[0]):
            images = self._images(group, table.of(instance), part.name, progress)
            if self._text and instance in self._drawn:
                images = self._text.read_instance(
                    instance, images, self._instances[instance].frames
                )
            for _ in images:
                pass

    def _images(
        self,
        samples: Iterator[tuple[str, dict[str, bytes]]],
        due: dict[str, str],
        part: str,
        progress: Callable[[str], None],
    ) -> Iterator[Image]:
        for key, members in samples:
            self.checked += 1
            where = place_of_frame(key, self.checked)
            for kind, count in self._sample(key, members).items():
                self.findings.note(f"{kind} {part}", where, count)
            content = members.get("png", b"")
            extra = bool(set(png_chunks(content)) - PNG_CHUNKS)
            self.findings.note(f"text_chunk_in_image {part}", where, extra)
            if self.checked % PROGRESS_EVERY == 0:
                progress(f"{part}: {self.checked} frames checked")
            # Taken out, so that a second image of the name has no row.
            stated = due.pop(key, None)
            self.came += stated is not None
            if stated is None or not content:
                self.findings.note(f"image_in_no_table {part}", where)
                continue
            image = decode_png(content)
            box = self._instances[key.rpartition("_")[0]].box
            outside = bright_outside(image, box)
            self.findings.note(f"pixels_outside_sector {part}", where, outside)
            other = sha256_bytes(image.tobytes()) != stated
            self.findings.note(f"other_pixels_than_stated {part}", where, other)
            yield image

    def _sample(self, key: str, members: dict[str, bytes]) -> Counter[str]:
        """Count what is wrong with a sample besides its image."""
        found: Counter[str] = Counter()
        found["odd_name"] += not FRAME_NAME.fullmatch(key) or set(members) != {"png"}
        names = findings_in_texts((key, *members), self._wanted)
        found.update({f"{kind}_in_name": count for kind, count in names.items()})
        return found
