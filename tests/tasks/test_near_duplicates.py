"""Copies are found, other patients' images are not: on images that the tests make themselves."""

from collections.abc import Callable
from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import dctn
from scipy.ndimage import gaussian_filter

from pipeline.io.images import Image
from pipeline.tasks.fingerprint import SIDE, fingerprint
from pipeline.tasks.near_duplicates import (
    DETAIL,
    MARGIN,
    Floats,
    correlation,
    near_duplicates,
    perceptual_bits,
)
from tests.challenge_layout import speckle

LEAST = 0.8
PATIENTS = 40


def _sector(patient: int, frame: int = 0, shift: int = 0) -> Image:
    """Return tissue of a patient in the sector that all share, with the same black corners.

    A frame has speckle of its own and is moved by `shift` pixels; `patient` decides the rest.
    """
    rng = np.random.default_rng([patient, 7])
    tissue = sum(gaussian_filter(rng.normal(size=(150, 200)), s) * s for s in (3, 6, 12, 24))
    moved = np.roll(tissue / tissue.std(), shift, axis=1)
    noise = gaussian_filter(np.random.default_rng([patient, frame]).normal(size=(150, 200)), 0.8)
    grey = np.clip(90 + 45 * moved + 10 * noise / noise.std(), 15, 255)
    row_H1, column_W = np.mgrid[0:150, 0:200]
    depth = np.hypot(row_H1 + 40, column_W - 100)
    inside = (depth > 50) & (depth < 185) & (np.abs(column_W - 100) < 0.8 * (row_H1 + 40))
    return np.asarray(np.where(inside, grey, 0), np.uint8)


def _resized(image: Image, factor: float) -> Image:
    size = (round(image.shape[1] * factor), round(image.shape[0] * factor))
    return np.asarray(cv2.resize(image, size), np.uint8)


def _jpeg(image: Image) -> Image:
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def _brighter(image: Image, share: float, added: float) -> Image:
    return np.asarray(np.clip(image * (1 + share) + added, 0, 255), np.uint8)


IMAGES = [_sector(patient) for patient in range(PATIENTS)]
COPIES: dict[str, Callable[[Image], Image]] = {
    "half the size": lambda image: _resized(image, 0.5),
    "half as large again": lambda image: _resized(image, 1.5),
    "other aspect": lambda image: np.asarray(cv2.resize(image, (128, 128)), np.uint8),
    "JPEG 70": _jpeg,
    "10 % brighter": lambda image: _brighter(image, 0.1, 0),
    "10 % darker": lambda image: _brighter(image, -0.1, 0),
    "a tenth of the range brighter": lambda image: _brighter(image, 0, 25.5),
    "a tenth of the range darker": lambda image: _brighter(image, 0, -25.5),
    "all at once": lambda image: _jpeg(_brighter(_resized(image, 0.6), -0.1, 10)),
    "black bars": lambda image: np.pad(image, ((0, 0), (40, 25))),
    "in colour": lambda image: np.stack([image] * 3, axis=2),
}


@pytest.mark.parametrize("kind", COPIES)
def test_copies_are_found(kind: str) -> None:
    fingerprints = [fingerprint(image) for image in IMAGES]
    copies = [fingerprint(np.asarray(COPIES[kind](image), np.uint8)) for image in IMAGES]
    pairs = {tuple(pair) for pair in near_duplicates(fingerprints + copies, LEAST).tolist()}
    wanted = {(place, PATIENTS + place) for place in range(PATIENTS)}
    assert len(wanted & pairs) >= 0.98 * PATIENTS
    # None of the 3,120 pairs of different patients.
    assert not {(one % PATIENTS, other % PATIENTS) for one, other in pairs - wanted}


def test_frames_of_one_clip_are_found_although_they_moved_a_little() -> None:
    fingerprints = [fingerprint(image) for image in IMAGES]
    frames = [fingerprint(_sector(patient, 1, shift=3)) for patient in range(PATIENTS)]
    found = {tuple(pair) for pair in near_duplicates(fingerprints + frames, LEAST).tolist()}
    assert len(found & {(n, PATIENTS + n) for n in range(PATIENTS)}) >= 0.9 * PATIENTS


def test_pairs_are_sorted_and_told_once_whatever_the_views() -> None:
    framed = np.pad(IMAGES[0], 20)
    fingerprints = [fingerprint(image) for image in (IMAGES[1], framed, IMAGES[0], framed)]
    assert near_duplicates(fingerprints, LEAST).tolist() == [[1, 2], [1, 3], [2, 3]]


def test_a_long_clip_is_compared_with_others_but_not_within(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.tasks.near_duplicates.LONG", 2)
    frames = [fingerprint(image) for image in (*[IMAGES[0]] * 3, *[np.pad(IMAGES[1], 20)] * 2)]
    clips = [0, 0, 0, 1, 1]
    assert near_duplicates(frames, LEAST, clips).tolist() == [[3, 4]]
    clips = [0, 0, 2, 0, 1]
    assert near_duplicates(frames, LEAST, clips).tolist() == [[0, 2], [1, 2], [3, 4]]


def test_blank_images_are_no_copies_of_each_other() -> None:
    blank = [np.full((20, 20), grey, np.uint8) for grey in (0, 0, 3)]
    assert near_duplicates([fingerprint(image) for image in blank], LEAST).shape == (0, 2)
    assert near_duplicates([], LEAST).shape == (0, 2)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5, unique=True))
def test_bits_are_those_of_the_cosine_transform_of_scipy(seeds: list[int]) -> None:
    pictures = np.stack([speckle(seed, SIDE, SIDE) for seed in seeds]).astype(np.float32)
    low = dctn(pictures.astype(float), axes=(1, 2), norm="ortho")[:, :16, :16].reshape(-1, 256)
    median = np.median(low[:, 1:], axis=1, keepdims=True)
    clear = np.abs(low[:, 1:] - median) > 1e-2
    assert (perceptual_bits(pictures) == np.where(low[:, 1:] > median, 1, -1))[clear].all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_correlation_is_the_worse_of_both_best_fits(one: int, other: int) -> None:
    """Independent: numpy's corrcoef at every shift."""
    first, second = (
        gaussian_filter(speckle(seed, SIDE, SIDE).astype(np.float32), DETAIL)
        for seed in (one, other)
    )
    side = SIDE - 2 * MARGIN

    def best(whole: Floats, part: Floats) -> float:
        middle = part[MARGIN:-MARGIN, MARGIN:-MARGIN].ravel()
        shifts = [(y, x) for y in range(2 * MARGIN + 1) for x in range(2 * MARGIN + 1)]
        windows = (whole[y : y + side, x : x + side].ravel() for y, x in shifts)
        return max(float(np.corrcoef(window, middle)[0, 1]) for window in windows)

    expected = min(best(first, second), best(second, first))
    assert correlation(first, second) == pytest.approx(expected, abs=1e-3)


def test_the_search_misses_no_pair_that_comparing_all_would_find() -> None:
    """More images than one block of the search, against a plain loop over pairs."""
    images = [speckle(seed, 8, 8) for seed in range(700)]
    fingerprints = [fingerprint(np.kron(image, np.ones((6, 6), np.uint8))) for image in images]
    fingerprints += fingerprints[::100]
    pictures = np.concatenate(fingerprints).astype(np.float32)
    assert len(pictures) == len(fingerprints)
    bits = perceptual_bits(pictures) > 0
    details = [picture - cv2.GaussianBlur(picture, (0, 0), DETAIL) for picture in pictures]
    found = [
        [one, other]
        for one, other in combinations(range(len(bits)), 2)
        if np.count_nonzero(bits[one] != bits[other]) <= 63
        and correlation(details[one], details[other]) >= LEAST
    ]
    assert len(found) == 7
    assert near_duplicates(fingerprints, LEAST).tolist() == found
