import numpy as np
import pytest

from pipeline.evaluate.bootstrap import Floats
from pipeline.evaluate.claims import CONSTANT, SHUFFLED, claims
from pipeline.evaluate.estimates import Arm, Estimate, gain
from pipeline.evaluate.metrics import MAIN_METRIC
from pipeline.evaluate.transfer import transfer_rows
from pipeline.io.seeds import generator
from pipeline.tasks.catalogue import load_catalogue

TASKS = load_catalogue()
ARMS = {
    "specific": Arm("dino", "task-specific", 1.0, 0),
    "shared": Arm("dino", "all-tasks", 1.0, 0),
    "scratch": Arm("scratch", "task-specific", 1.0, 0),
    "constant": Arm(CONSTANT, "all-tasks", 1.0, 0),
    "shuffled": Arm(SHUFFLED, "all-tasks", 1.0, 0),
    "probe": Arm("dino", "probe-knn", 1.0, 0),
    "tenth": Arm("dino", "task-specific", 0.1, 0),
    "third": Arm("dino", "task-specific", 0.3, 0),
    "repeat": Arm("dino", "task-specific", 1.0, 1),
}
Estimates = dict[tuple[Arm, str], Estimate]


def _estimates(goodness: dict[str, float]) -> Estimates:
    """Return estimates by arm: `goodness` counts up, also where the metric counts down."""
    found: Estimates = {}
    for name, good in goodness.items():
        for task in TASKS.values():
            noise_D = 0.01 * generator(0, name, task.id).normal(size=200)
            noise_D[0] = 0
            scores_D: Floats = np.asarray(good + noise_D)
            sign = -1 if task.type == "regression" else 1
            metric = MAIN_METRIC[task.type]
            estimate = Estimate(ARMS[name], "u", task, metric, sign * scores_D, 12, "0" * 64)
            found[ARMS[name], task.id] = estimate
    return found


def _verdicts(goodness: dict[str, float]) -> dict[tuple[str, str], str]:
    decided = claims(_estimates(goodness), 0.95)
    return {(claim["kind"], claim["arm"]["strategy"]): claim["verdict"] for claim in decided}


def test_a_clear_study_is_decided() -> None:
    verdicts = _verdicts(
        {
            "specific": 0.8,
            "shared": 0.7,
            "scratch": 0.6,
            "constant": 0.3,
            "shuffled": 0.3,
            "probe": 0.9,
        }
    )
    assert verdicts == {
        ("beats-constant", "task-specific"): "holds",
        ("beats-constant", "all-tasks"): "holds",
        ("pretraining-helps", "task-specific"): "holds",
        ("sharing-helps", "all-tasks"): "fails",
        ("shuffled-is-no-better-than-constant", "all-tasks"): "holds",
    }


def test_all_of_the_data_is_compared_with_the_smallest_share() -> None:
    decided = claims(_estimates({"specific": 0.8, "third": 0.6, "tenth": 0.4}), 0.95)
    (claim,) = decided
    assert (claim["kind"], claim["verdict"]) == ("more-data-helps", "holds")
    assert (claim["arm"]["fraction"], claim["reference"]["fraction"]) == (1.0, 0.1)


def test_no_two_statements_read_the_same() -> None:
    found = claims(
        _estimates({"specific": 0.8, "third": 0.6, "tenth": 0.4, "repeat": 0.7, "constant": 0.3}),
        0.95,
    )
    statements = [claim["statement"] for claim in found]
    assert len(set(statements)) == len(statements) == 5


def test_labels_that_leak_into_the_shuffled_control_are_noticed() -> None:
    verdicts = _verdicts({"shuffled": 0.9, "constant": 0.3})
    assert verdicts == {("shuffled-is-no-better-than-constant", "all-tasks"): "fails"}


def test_a_tie_is_undecided_or_fails_and_never_holds() -> None:
    verdicts = _verdicts({"specific": 0.5, "constant": 0.5})
    assert verdicts["beats-constant", "task-specific"] == "fails"


def test_counts_add_up() -> None:
    for claim in claims(_estimates({"specific": 0.8, "constant": 0.3}), 0.95):
        assert claim["tasks"] == claim["better"] == claim["clearly_better"] == 27
        assert claim["clearly_worse"] == 0
        assert claim["share_ci_low"] < claim["supporting_tasks"] / 27 <= claim["share_ci_high"]


def test_gain_is_positive_for_better_in_every_metric() -> None:
    estimates = _estimates({"specific": 0.4, "shared": 0.6})
    for task in TASKS:
        gain_D = gain(estimates[ARMS["shared"], task], estimates[ARMS["specific"], task])
        assert gain_D[0] == pytest.approx(0.2)


def test_transfer_is_paired_with_the_task_specific_twin_only() -> None:
    estimates = _estimates({"specific": 0.4, "shared": 0.6, "scratch": 0.9, "probe": 0.9})
    rows = transfer_rows(estimates, 0.95)
    assert len(rows) == 27
    assert {(row["encoder"], row["strategy"]) for row in rows} == {("dino", "all-tasks")}
    for row in rows:
        assert row["ci_low"] < row["value"] < row["ci_high"]
        sign = -1 if row["task_type"] == "regression" else 1
        assert sign * (row["shared_value"] - row["specific_value"]) == pytest.approx(row["value"])
