"""Find images that show the same picture, although their pixels differ.

Two stages. A perceptual hash finds candidates: the signs of the low frequencies of the cosine
transform against their median (pHash: Zauner, Implementation and Benchmarking of Perceptual Image
Hash Functions, 2010), here with 255 bits, because images of one probe have the same outline and
differ in detail. All pairs are compared, as a matrix product of signs, so that no candidate is
missed for the sake of speed. Then each candidate is verified: the middle of one small picture,
freed of slow changes of grey, must be found in the other, and the other way round, which allows a
small shift, as between the frames of a clip. A mirrored or rotated copy is not found.

Frames of one long clip are nearly all like each other, so that pairs grow with the square of its
length; they stay together anyway, and are not compared.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image
from pipeline.tasks.fingerprint import SIDE

LOW_FREQUENCIES = 16
BITS = LOW_FREQUENCIES**2 - 1
# Of the 255 bits, copies differ in 40 at most; of pairs of simulated patients, 1 in 5,000 agrees
# so well.
MOST_DIFFERENT_BITS = 63
# Pixels of the small picture: grey that changes over more than this is no detail.
DETAIL = 2.0
# Pixels on each side that the middle leaves free, the largest shift that is tolerated.
MARGIN = 4
BLOCK_ROWS = 512
# A patient or clip of more images is a long one.
LONG = 100

Floats = npt.NDArray[np.float32]
Pairs = npt.NDArray[np.int64]


def near_duplicates(
    fingerprints: Sequence[Image], least_correlation: float, joined: Sequence[int] | None = None
) -> Pairs:
    """Return `pairs_P2`, the positions of images that are near-duplicates, sorted, each pair once.

    Args:
        fingerprints: `views_V32x32` of each image, as `fingerprint` returns them.
        least_correlation: how well the details must agree, at most 1.
        joined: the number of each image's patient or clip, from 0; of a long one no pair is told.
    """
    views = [len(found) for found in fingerprints]
    owner_N = np.repeat(np.arange(len(fingerprints)), views)
    apart_N = np.repeat(_compared(len(fingerprints), joined), views)
    if not len(owner_N):
        return np.empty((0, 2), np.int64)
    pictures_NHW = np.concatenate(list(fingerprints)).astype(np.float32)
    details = [picture - cv2.GaussianBlur(picture, (0, 0), DETAIL) for picture in pictures_NHW]
    found = {
        (int(owner_N[one]), int(owner_N[other]))
        for one, other in _candidates(perceptual_bits(pictures_NHW), apart_N)
        if correlation(details[one], details[other]) >= least_correlation
    }
    return np.array(sorted(found), np.int64).reshape(-1, 2)


def _compared(count: int, joined: Sequence[int] | None) -> npt.NDArray[np.int64]:
    """Return a number of each image; those of an equal one, of a long clip, are not compared."""
    alone_N = -1 - np.arange(count)
    if joined is None:
        return alone_N
    joined_N = np.asarray(joined, np.int64)
    is_long_N = np.bincount(joined_N)[joined_N] > LONG
    return np.where(is_long_N, joined_N, alone_N)


def perceptual_bits(pictures_NHW: Floats) -> Floats:
    """Return `bits_NB`, 255 for each small picture, as -1 and 1."""
    low = slice(LOW_FREQUENCIES)
    frequencies_NB = np.stack([cv2.dct(picture)[low, low].ravel()[1:] for picture in pictures_NHW])
    above = frequencies_NB > np.median(frequencies_NB, axis=1, keepdims=True)
    return np.where(above, np.float32(1), np.float32(-1))


def _candidates(bits_NB: Floats, apart_N: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of pictures that differ in few bits, each once, the earlier first.

    Pictures that have one number in `apart_N` are no pair.
    The products of signs are whole numbers below 2^24, so single precision is exact.
    """
    least = BITS - 2 * MOST_DIFFERENT_BITS
    for start in range(0, len(bits_NB), BLOCK_ROWS):
        agreement = bits_NB[start : start + BLOCK_ROWS] @ bits_NB[start:].T
        is_pair = apart_N[start : start + BLOCK_ROWS, None] != apart_N[start:]
        rows, columns = np.nonzero((agreement >= least) & is_pair)
        later = columns > rows
        yield from zip(
            (start + rows[later]).tolist(), (start + columns[later]).tolist(), strict=True
        )


def correlation(one_HW: Floats, other_HW: Floats) -> float:
    """Return how well the middle of each is found in the other, in [-1, 1]; the worse of both."""
    middle = slice(MARGIN, SIDE - MARGIN)
    return min(
        float(cv2.matchTemplate(whole, part[middle, middle], cv2.TM_CCOEFF_NORMED).max())
        for whole, part in ((one_HW, other_HW), (other_HW, one_HW))
    )
