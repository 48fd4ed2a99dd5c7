"""What a converter says of one image: its file, its labels, its patient, its official split."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from pipeline.errors import StudyError
from pipeline.io.images import Image
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.convert.source import Source

Shape = tuple[int, int]
Split = Literal["train", "val", "test", ""]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Mask:
    """The files that hold a mask, and how it is made of them.

    `draw` takes (height, width) of the image and returns `mask_HW` of class indices; it raises
    Refusal when the files cannot be trusted. No files: the mask is missing.
    """

    files: tuple[str, ...]
    draw: Callable[[Shape], Image]


@dataclass(frozen=True)
class Case:
    """One image. `labels` gives, by task id, a class index, a mask, or None: not published.

    `patient` is equal for images of one person, or of one clip where the data set names no person;
    empty when its names tell neither.
    """

    image: str
    labels: Mapping[str, int | Mask | None]
    patient: str = ""
    split: Split = ""


def class_index(task: str, name: str) -> int:
    """Return the index of a class in the catalogue's order."""
    return load_catalogue()[task].labels.index(name)


def note_split(splits: dict[str, Split], key: str, split: Split, file: str) -> None:
    """Note the official split of an image or patient that a published list names.

    Raises StudyError when another list has it in another split.
    """
    if splits.setdefault(key, split) != split:
        name = PurePosixPath(file).name
        raise StudyError(
            f"{name} lists an image of another list, or its patient; take the lists as published"
        )


def pair(
    source: Source, entries: Iterable[tuple[Key, str, bool]], *, several: bool = False
) -> Iterator[tuple[Key, str, tuple[str, ...]]]:
    """Yield each image's key, its file and its label files, which have the same key.

    An entry is (key, file, whether the file is a label). Keys are compared without regard to case.
    A second image of one key is refused, a second label unless there may be `several`, and labels
    without an image.
    """
    images: dict[Key, tuple[Key, str]] = {}
    labels: dict[Key, list[str]] = {}
    for key, file, is_label in entries:
        folded = tuple(part.casefold() for part in key)
        if is_label and (several or folded not in labels):
            labels.setdefault(folded, []).append(file)
        elif is_label:
            source.refuse(file, "duplicate_name", "another file is this annotation too")
        elif folded in images:
            source.refuse(file, "duplicate_name", "another file is this image too")
        else:
            images[folded] = (key, file)
    for folded, (key, file) in images.items():
        yield key, file, tuple(labels.get(folded, ()))
    for file in (
        file for folded, files in labels.items() if folded not in images for file in files
    ):
        source.refuse(file, "missing_image", "there is no image for this annotation")
