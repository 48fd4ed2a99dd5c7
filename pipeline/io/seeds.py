"""Every random number of a study derives from one seed and a list of names."""

import hashlib

import numpy as np


def derive_seed(seed: int, *names: object) -> int:
    """Return a 63-bit seed for the stream that `names` identify, independent of all others."""
    text = "/".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(seed: int, *names: object) -> np.random.Generator:
    """Return a numpy generator for the stream that `names` identify."""
    return np.random.default_rng(derive_seed(seed, *names))
