"""Fit the judge of candidate lines."""

import numpy as np
import numpy.typing as npt
from sklearn.neural_network import MLPClassifier

from benchmarks.text.examples import Examples
from pipeline.deidentify.pixels.judge import FURTHEST, Judge

HIDDEN, PENALTY, EPOCHS, BATCH, STEP = 32, 0.3, 60, 256, 3e-3
DIGITS = 6


def fit(examples: Examples, chosen: npt.NDArray[np.bool_], seed: int) -> Judge:
    """Return the judge that the chosen examples teach."""
    evidence, is_text = examples.evidence[chosen], examples.is_text[chosen]
    mean, deviation = evidence.mean(axis=0), evidence.std(axis=0)
    known = np.clip((evidence - mean) / deviation, -FURTHEST, FURTHEST)
    network = MLPClassifier(
        (HIDDEN,),
        activation="tanh",
        alpha=PENALTY,
        max_iter=EPOCHS,
        batch_size=BATCH,
        learning_rate_init=STEP,
        random_state=seed,
    )
    network.fit(known, is_text)
    (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
    parts = (mean, deviation, hidden, hidden_bias, output[:, 0])
    mean, deviation, hidden, hidden_bias, output = (np.round(part, DIGITS) for part in parts)
    bias = round(float(output_bias[0]), DIGITS)
    return Judge(mean, deviation, hidden, hidden_bias, output, bias)
