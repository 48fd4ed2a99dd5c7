"""The table of learning curves: every task at every training fraction, beside the control."""

from collections.abc import Mapping

import pandas as pd

from pipeline.report.scores import Column, ScoreTable, score_table
from pipeline.report.words import (
    CONSTANT,
    CONTROL,
    PROBE,
    control_title,
    encoder_order,
    encoder_title,
    strategy_order,
    strategy_title,
)
from pipeline.tasks.catalogue import Task


def learning_table(results: pd.DataFrame, tasks: Mapping[str, Task]) -> ScoreTable | None:
    """Return a table with a column per fraction of the study's first strategy.

    `results` are all numbered rows; the first seed is shown. None when there is one fraction only.
    """
    first = results[results["seed"] == results["seed"].min()]
    trained = ~first["encoder"].str.startswith(CONTROL) & ~first["strategy"].str.startswith(PROBE)
    curves = first[trained]
    if curves["fraction"].nunique() < 2:
        return None
    strategy = min(curves["strategy"].unique(), key=strategy_order)
    curves = curves[curves["strategy"] == strategy]
    control = first[first["encoder"] == CONSTANT]
    shares = curves["fraction"].map(_share)
    shown = pd.concat([curves.assign(strategy=shares), control])
    columns = [
        Column(encoder, _share(fraction), _group(encoder, strategy), _share(fraction))
        for encoder in sorted(curves["encoder"].unique(), key=encoder_order)
        for fraction in sorted(curves["fraction"].unique())
    ]
    columns += [
        Column(CONSTANT, name, "Control", control_title(CONSTANT))
        for name in control["strategy"].unique()
    ]
    return score_table("learning", shown, tuple(columns), tasks)


def _share(fraction: float) -> str:
    return f"{fraction:.0%}"


def _group(encoder: str, strategy: str) -> str:
    return f"{encoder_title(encoder)}, {strategy_title(strategy)}"
