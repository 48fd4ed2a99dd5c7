"""Small pictures of instances before and after, for the page of evidence."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.io.dicom import decode_frames
from pipeline.io.images import Image, decode_png, resize_image
from pipeline.io.keys import pseudonym
from pipeline.io.pages import data_uri
from pipeline.io.shards import read_shard
from pipeline.io.sources import walk_sources

LONGEST = 480  # pixels


def thumbnail(image: Image) -> str:
    """Return an image, made smaller where it is large, as an address for a page."""
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    return data_uri(resize_image(image, max(round(height * scale), 1), max(round(width * scale), 1)))


def before(raw: Path, key: bytes, frames: Mapping[str, int]) -> Iterator[tuple[str, Image]]:
    """Yield (instance, image as it lies in the archive) for one frame of each instance."""
    for source in walk_sources(raw):
        instance = pseudonym(key, "instance", source.relative)
        if instance in frames:
            with source.open() as handle:
                yield instance, next(iter(decode_frames(handle, [frames[instance]])))


def after(parts: Iterable[Path], frames: Mapping[str, int]) -> Iterator[tuple[str, Image]]:
    """Yield (instance, de-identified image) for the same frames, from the tars of `parts`."""
    wanted = {f"{instance}_{index:04d}": instance for instance, index in frames.items()}
    for part in parts:
        for name, members in read_shard(part):
            if name in wanted:
                yield wanted[name], decode_png(members["png"])
