"""How many copies are found, and how many pairs of different patients are taken for copies."""

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.deidentify.clock import cpu_seconds
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import Image, to_grey
from pipeline.tasks.fingerprint import fingerprint
from pipeline.tasks.groups import group_rows
from pipeline.tasks.near_duplicates import near_duplicates
from pipeline.tasks.samples import read_image

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp"}
NO_IMAGE = re.compile(r"mask|label|/gt|/annotations|ARRAY_FORMAT|Expert", re.IGNORECASE)
METHODS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST)
Maker = Callable[[Image, np.random.Generator], Image]


def resized(image: Image, rng: np.random.Generator) -> Image:
    """Return the image at 0.5 to 1.5 times its size, by any of four methods."""
    factor, method = rng.uniform(0.5, 1.5), METHODS[int(rng.integers(len(METHODS)))]
    size = [max(8, round(side * factor)) for side in (image.shape[1], image.shape[0])]
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)


def encoded(image: Image, _: np.random.Generator) -> Image:
    """Return the image as JPEG of quality 70 keeps it."""
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def shifted(image: Image, rng: np.random.Generator) -> Image:
    """Return the image 10 % brighter or darker: of each grey level, or of the whole range."""
    sign = rng.choice([-1, 1])
    moved = image * (1 + 0.1 * sign) if rng.random() < 0.5 else image + 25.5 * sign
    return np.asarray(np.clip(moved, 0, 255), np.uint8)


def framed(image: Image, rng: np.random.Generator) -> Image:
    """Return the image with black bars of up to 30 % at each side."""
    high, wide = (int(0.3 * side) for side in image.shape[:2])
    return np.pad(image, (rng.integers(0, high, 2), rng.integers(0, wide, 2)))


KINDS: Mapping[str, tuple[Maker, ...]] = {
    "resized": (resized,),
    "JPEG 70": (encoded,),
    "brightness": (shifted,),
    "resized, JPEG 70": (resized, encoded),
    "resized, brightness": (resized, shifted),
    "all three": (resized, shifted, encoded),
    "black bars": (framed,),
    "black bars and all three": (framed, resized, shifted, encoded),
}


def images_below(folder: Path) -> list[Path]:
    """Return the images of an archive, without masks."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return sorted(path for path in found if not NO_IMAGE.search(str(path.relative_to(folder))))


def patient_of(path: Path) -> str:
    """Return whose a simulated image is: by its name, and its folder if that is no patient's."""
    stem = re.sub(r"_Plane.*|_\d+$", "", path.stem)
    return stem if stem.startswith("Patient") else str(path.parent / stem)


def links(
    paths: list[Path],
    patients: list[str],
    least_correlation: float,
    planted: Collection[tuple[Path, Path]] = (),
) -> dict[str, Any]:
    """Return how many near-duplicates are found, and how many of them are of different patients.

    Also how many pairs of `planted` are among them. Pictures that are equal to the last pixel count
    as one patient's: sets are published twice.
    """
    start = cpu_seconds()
    images = [to_grey(read_image(path)) for path in paths]
    read = cpu_seconds()
    fingerprints = [fingerprint(image) for image in images]
    taken = cpu_seconds()
    pairs_P2 = near_duplicates(fingerprints, least_correlation)
    searched = cpu_seconds()
    pixels = [sha256_bytes(repr(image.shape).encode() + image.tobytes()) for image in images]
    ranks = [0] * len(paths)
    own = np.array(group_rows(pixels, [patients], pairs_P2[:0], ranks))
    joined = np.array(group_rows(pixels, [patients], pairs_P2, ranks))
    sizes, joined_sizes = (np.unique(names, return_counts=True)[1] for names in (own, joined))
    pairs = (len(images) ** 2 - int((sizes.astype(np.int64) ** 2).sum())) // 2
    found = {frozenset((paths[one], paths[other])) for one, other in pairs_P2}
    false = int((own[pairs_P2[:, 0]] != own[pairs_P2[:, 1]]).sum())
    return {
        "images": len(images),
        "patients": len(sizes),
        "reading_cpu_s": round(read - start, 2),
        "fingerprints_cpu_s": round(taken - read, 2),
        "search_cpu_s": round(searched - taken, 2),
        "links": len(pairs_P2),
        "planted": len(planted),
        "planted_found": sum(frozenset(pair) in found for pair in planted),
        "pairs_of_different_patients": pairs,
        "false_links": false,
        "false_share": false / max(1, pairs),
        "largest_patient_images": int(sizes.max()),
        "largest_group_images": int(joined_sizes.max()),
    }


def recall(paths: list[Path], least_correlation: float, seed: int) -> dict[str, float]:
    """Return, for each kind of copy, the share of images of which it is found to be one."""
    images = [to_grey(read_image(path)) for path in paths]
    fingerprints = [fingerprint(image) for image in images]
    return {
        kind: _recall(images, fingerprints, makers, least_correlation, seed)
        for kind, makers in KINDS.items()
    }


def _recall(
    images: list[Image],
    fingerprints: list[Image],
    makers: tuple[Maker, ...],
    least_correlation: float,
    seed: int,
) -> float:
    """Return the share of images of which a copy is found to be one."""
    found = 0
    for number, (image, own) in enumerate(zip(images, fingerprints, strict=True)):
        rng = np.random.default_rng([seed, number])
        copy = image
        for make in makers:
            copy = make(copy, rng)
        found += len(near_duplicates([own, fingerprint(copy)], least_correlation))
    return found / len(images)
