"""Complex Gaussian noise, several times faster than two normal numbers for each value."""

from functools import cache

import numpy as np

from pipeline.simulate.beams import Echoes

# Values are drawn from this many.
TABLE = 1 << 16


@cache
def _table() -> Echoes:
    """A sample of complex Gaussian values, of mean 0 and mean power 1."""
    parts_N2 = np.random.default_rng(0).standard_normal((TABLE, 2))
    parts_N2 -= parts_N2.mean(axis=0)
    parts_N2 /= np.sqrt(2) * parts_N2.std(axis=0)
    return np.asarray(parts_N2.astype(np.float32).view(np.complex64)[:, 0])


def complex_noise(rng: np.random.Generator, shape: tuple[int, int]) -> Echoes:
    """Draw circular complex Gaussian values of unit power."""
    return _table().take(rng.integers(0, TABLE, shape, np.uint16))
