"""Statements about the study as a whole, each decided by counting tasks.

A statement of the form "A beats B on most tasks" holds when the exact binomial interval of the
share of tasks in which A scores better lies above one half, fails when it lies below, and is
undecided otherwise. Per task, "clearly" means that the paired bootstrap interval of the
difference excludes zero and has a width.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from scipy.stats import binomtest

from pipeline.evaluate.bootstrap import is_clear, percentile_interval
from pipeline.evaluate.estimates import DIGITS, Arm, Estimate, gain
from pipeline.evaluate.transfer import ALONE, SHARED
from pipeline.tasks.strategies import Strategy

SCRATCH, CONSTANT, SHUFFLED = "scratch", "control-constant", "control-shuffled-labels"
CONTROLS = (CONSTANT, SHUFFLED)

Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Comparison:
    """Two arms over the tasks that both were scored on."""

    tasks: int
    better: int
    clearly_better: int
    clearly_worse: int


@dataclass(frozen=True)
class _Question:
    """A statement to decide: is `arm` better than `reference` on most tasks, or is it not?"""

    kind: str
    statement: str
    arm: Arm
    reference: Arm
    expects_better: bool = True


def compare(
    estimates: Mapping[tuple[Arm, str], Estimate], arm: Arm, reference: Arm, confidence: float
) -> Comparison:
    """Count the tasks in which `arm` is better, clearly better and clearly worse."""
    gains = [
        gain(estimate, estimates[reference, task])
        for (found, task), estimate in sorted(estimates.items())
        if found == arm and (reference, task) in estimates
    ]
    intervals = [percentile_interval(gain_D, confidence) for gain_D in gains]
    clear = [low for low, high in intervals if is_clear(low, high)]
    return Comparison(
        tasks=len(gains),
        better=sum(bool(gain_D[0] > 0) for gain_D in gains),
        clearly_better=sum(low > 0 for low in clear),
        clearly_worse=sum(low < 0 for low in clear),
    )


def _name(arm: Arm, arms: Iterable[Arm]) -> str:
    """Return an arm's name, with the share of the data and the seed where the study has several."""
    name = f"{arm.encoder}, {arm.strategy}"
    if arm.fraction < 1:
        name += f", {arm.fraction:.0%} of the data"
    if len({each.seed for each in arms}) > 1:
        name += f", seed {arm.seed}"
    return name


def _questions_of(arm: Arm, arms: Sequence[Arm]) -> Iterable[_Question]:
    """Yield what there is to say of one arm of the study's."""
    named = _name(arm, arms)
    constant = Arm(CONSTANT, "all-tasks", 1.0, 0)
    if arm.encoder == SHUFFLED:
        yield _Question(
            "shuffled-is-no-better-than-constant",
            "Trained on shuffled labels, the model is not clearly better than one "
            "constant answer for all images on most tasks",
            arm,
            constant,
            expects_better=False,
        )
    if arm.encoder in CONTROLS or arm.strategy not in get_args(Strategy):
        return
    yield _Question(
        "beats-constant",
        f"The finetuned model ({named}) beats one constant answer for all images on most tasks",
        arm,
        constant,
    )
    if arm.encoder != SCRATCH:
        yield _Question(
            "pretraining-helps",
            f"Pretraining ({named}) beats training from scratch on most tasks",
            arm,
            arm._replace(encoder=SCRATCH),
        )
    fractions = sorted(
        each.fraction for each in arms if arm._replace(fraction=each.fraction) == each
    )
    if arm.fraction == fractions[-1] > fractions[0]:
        yield _Question(
            "more-data-helps",
            f"More training images ({named}) beat {fractions[0]:.0%} of the data on most tasks",
            arm,
            arm._replace(fraction=fractions[0]),
        )
    if arm.strategy in SHARED:
        yield _Question(
            "sharing-helps",
            f"Sharing one model ({named}) beats one model per task on most tasks",
            arm,
            arm._replace(strategy=ALONE),
        )


def _decide(supporting: int, tasks: int, confidence: float) -> tuple[Verdict, float, float]:
    share = binomtest(supporting, tasks).proportion_ci(confidence, method="exact")
    verdict: Verdict = "undecided"
    if share.low > 0.5:
        verdict = "holds"
    elif share.high < 0.5:
        verdict = "fails"
    return verdict, round(float(share.low), DIGITS), round(float(share.high), DIGITS)


def claims(
    estimates: Mapping[tuple[Arm, str], Estimate], confidence: float
) -> list[dict[str, Any]]:
    """Return the decided statements, sorted by kind and arm.

    Each has `kind`, `statement`, `verdict` (holds, fails or undecided), the counts `tasks`,
    `better`, `clearly_better` and `clearly_worse`, the count of tasks that support it, the
    interval of their share, and the two arms.
    """
    arms = sorted({arm for arm, _ in estimates})
    decided = []
    for question in (question for arm in arms for question in _questions_of(arm, arms)):
        found = compare(estimates, question.arm, question.reference, confidence)
        if not found.tasks:
            continue
        supporting = found.better if question.expects_better else found.tasks - found.clearly_better
        verdict, low, high = _decide(supporting, found.tasks, confidence)
        decided.append(
            {
                "kind": question.kind,
                "statement": question.statement,
                "verdict": verdict,
                "supporting_tasks": supporting,
                "share_ci_low": low,
                "share_ci_high": high,
                **asdict(found),
                "arm": question.arm._asdict(),
                "reference": question.reference._asdict(),
            }
        )
    return sorted(decided, key=lambda claim: (claim["kind"], *claim["arm"].values()))
