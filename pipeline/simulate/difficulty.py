"""How hard the simulated tasks are: one number, and what it does to an image.

The level changes how things look, never where they lie: outlines, boxes, landmarks and classes at
a fixed seed are the same at every level.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difficulty:
    """`level` is 0 (easy) to 1 (hard); at 0.5 signs are as frequent as the anatomies state."""

    level: float

    @property
    def contrast(self) -> float:
        """Factor on the echo difference, dB, between what is asked for and what surrounds it."""
        return 1.5 - self.level

    @property
    def separation(self) -> float:
        """Factor on the log odds by which a sign tells the classes apart."""
        return float(4 ** (0.5 - self.level))

    @property
    def spread(self) -> float:
        """Factor on everything that has nothing to do with the label.

        Gain, errors of the time-gain compensation, unevenness of tissue, clutter.
        """
        return 0.5 + self.level

    @property
    def loss(self) -> float:
        """Factor on the attenuation of tissue: less comes back from the depth."""
        return 0.9 + 0.2 * self.level
