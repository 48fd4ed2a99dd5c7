"""The probability that a candidate line is text: a network of one hidden layer.

`python -m benchmarks.text fit` fits it, on text drawn into ultrasound frames against the same
frames without it, and writes its weights.
"""

import json
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from pipeline.deidentify.pixels.evidence import NAMES
from pipeline.deidentify.pixels.strokes import Numbers

WEIGHTS = Path(__file__).with_name("judge.json")
# Evidence further from its mean than so many standard deviations says no more.
FURTHEST = 4.0


class Judge(NamedTuple):
    """Means and standard deviations of evidence `_E`, and weights to `H` hidden units and one."""

    mean_E: Numbers
    deviation_E: Numbers
    hidden_EH: Numbers
    hidden_bias_H: Numbers
    output_H: Numbers
    output_bias: float

    def scores(self, evidence_LE: Numbers) -> Numbers:
        """Return the probability `_L` of each line that it is text."""
        known = np.clip((evidence_LE - self.mean_E) / self.deviation_E, -FURTHEST, FURTHEST)
        hidden = np.tanh(known @ self.hidden_EH + self.hidden_bias_H)
        return np.asarray(1 / (1 + np.exp(-(hidden @ self.output_H + self.output_bias))))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the judge in a JSON file; raise ValueError when it judges by other evidence."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        if tuple(stored.pop("evidence")) != NAMES:
            raise ValueError(f"{path.name} was fitted to other evidence: fit it again")
        numbers = [np.asarray(stored[name], np.float64) for name in cls._fields[:-1]]
        mean, deviation, hidden, hidden_bias, output = numbers
        return cls(mean, deviation, hidden, hidden_bias, output, stored["output_bias"])

    def as_json(self) -> dict[str, object]:
        """Return what `read` reads."""
        return {"evidence": list(NAMES)} | {
            name: np.asarray(value).tolist() for name, value in self._asdict().items()
        }


JUDGE = Judge.read(WEIGHTS)
