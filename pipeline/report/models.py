"""Which trained model a file belongs to."""

from typing import NamedTuple


class Model(NamedTuple):
    """One training or control: what it started from, which tasks it shares, on how much data."""

    encoder: str
    strategy: str
    unit: str
    fraction: float
    seed: int
