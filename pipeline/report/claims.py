"""The decided statements, grouped by the question that they answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.report.words import RANGE, readable

QUESTIONS = {
    "beats-constant": "Did the models learn anything?",
    "more-data-helps": "Did more labelled images help?",
    "pretraining-helps": "Did pretraining help?",
    "sharing-helps": "Did sharing one model help?",
    "shuffled-is-no-better-than-constant": "Does the scoring reward nonsense?",
}


@dataclass(frozen=True)
class Claim:
    """One statement, its verdict (holds, fails or undecided) and the counts behind it."""

    statement: str
    verdict: str
    tasks: int
    supporting: int
    share: str
    clearly_better: int
    clearly_worse: int


@dataclass(frozen=True)
class Question:
    """The statements that answer one question."""

    title: str
    claims: tuple[Claim, ...]


def _claim(record: Mapping[str, Any]) -> Claim:
    return Claim(
        statement=record["statement"],
        verdict=record["verdict"],
        tasks=record["tasks"],
        supporting=record["supporting_tasks"],
        share=f"{record['share_ci_low']:.0%}{RANGE}{record['share_ci_high']:.0%}",
        clearly_better=record["clearly_better"],
        clearly_worse=record["clearly_worse"],
    )


def group_claims(records: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return the questions in the order in which a reader asks them; unknown kinds come last."""
    by_kind: dict[str, list[Claim]] = {kind: [] for kind in QUESTIONS}
    for record in records:
        by_kind.setdefault(record["kind"], []).append(_claim(record))
    return [
        Question(QUESTIONS.get(kind, readable(kind)), tuple(found))
        for kind, found in by_kind.items()
        if found
    ]
