from pathlib import Path

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from benchmarks.text.examples import Examples
from benchmarks.text.fit import fit
from pipeline.deidentify.pixels.evidence import NAMES
from pipeline.deidentify.pixels.judge import JUDGE, Judge
from pipeline.io.atomic import write_json


def examples(count: int = 400) -> Examples:
    rng = np.random.default_rng(0)
    evidence = rng.normal(size=(count, len(NAMES)))
    return Examples(evidence, evidence[:, 0] + evidence[:, 1] > 0, ["made up"] * count)


def test_a_judge_learns_and_survives_its_file(tmp_path: Path) -> None:
    made = examples(2000)
    judge = fit(made, np.ones(2000, bool), 0)
    scores = judge.scores(made.evidence)
    assert np.mean((scores > 0.5) == made.is_text) > 0.9
    write_json(tmp_path / "judge.json", judge.as_json())
    again = Judge.read(tmp_path / "judge.json")
    np.testing.assert_array_equal(again.scores(made.evidence), scores)


def test_scores_are_those_of_scikit_learn() -> None:
    made = examples()
    network = MLPClassifier((3,), activation="tanh", max_iter=20, random_state=0)
    network.fit(made.evidence, made.is_text)
    (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
    zeros, ones = np.zeros(len(NAMES)), np.ones(len(NAMES))
    judge = Judge(zeros, ones, hidden, hidden_bias, output[:, 0], float(output_bias[0]))
    near = made.evidence[(np.abs(made.evidence) < 4).all(axis=1)]
    np.testing.assert_allclose(judge.scores(near), network.predict_proba(near)[:, 1], rtol=1e-9)


def test_weights_of_other_evidence_are_refused(tmp_path: Path) -> None:
    stored = JUDGE.as_json() | {"evidence": ["something", "else"]}
    write_json(tmp_path / "judge.json", stored)
    with pytest.raises(ValueError, match="fit it again"):
        Judge.read(tmp_path / "judge.json")
