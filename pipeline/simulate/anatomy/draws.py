"""Numbers of a population: draws that never leave what anatomy allows."""

from collections.abc import Mapping

import numpy as np

from pipeline.simulate.shapes import Wave


def normal(rng: np.random.Generator, mean: float, deviation: float, reach: float = 2.0) -> float:
    """Draw from a normal distribution, kept within `reach` standard deviations."""
    return float(mean + deviation * np.clip(rng.standard_normal(), -reach, reach))


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw evenly between two numbers."""
    return float(rng.uniform(low, high))


def happens(rng: np.random.Generator, probability: float) -> bool:
    """Return True with a probability."""
    return bool(rng.random() < probability)


def one_of(rng: np.random.Generator, shares: Mapping[str, float]) -> str:
    """Draw a name by its share; the shares add up to 1."""
    return list(shares)[int(np.searchsorted(np.cumsum(list(shares.values())), rng.random()))]


def side(rng: np.random.Generator) -> float:
    """Draw -1 or 1: left or right."""
    return -1.0 if rng.random() < 0.5 else 1.0


def ripples(rng: np.random.Generator, lobes: tuple[int, ...], height: float) -> tuple[Wave, ...]:
    """Draw one wave for each number of lobes: what makes an outline uneven.

    Heights are relative to the radius and within `height`.
    """
    return tuple(
        (count, between(rng, 0.4, 1.0) * height, between(rng, 0, 2 * np.pi)) for count in lobes
    )
