"""What the page tells: every name that its template uses, made from the study's artifacts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from pipeline.evaluate.tables import TRANSFER
from pipeline.ingest.tables import QUARANTINE
from pipeline.io.tables import read_table
from pipeline.report.claims import group_claims
from pipeline.report.curves import finetune_figure, pretrain_figure, read_curves
from pipeline.report.flow import Flow, build_flow
from pipeline.report.forest import forest_figure
from pipeline.report.gallery import build_gallery
from pipeline.report.heatmap import transfer_figure
from pipeline.report.leakage import dependence_sentence
from pipeline.report.overview import overview, overview_metrics
from pipeline.report.params import ReportParams
from pipeline.report.scale import has_scale, scale_figure, scale_table
from pipeline.report.scores import ScoreTable, find_columns, first_seed, score_table, shown_rows
from pipeline.report.sources import Sources
from pipeline.report.study import Study
from pipeline.report.words import (
    PROBE,
    classes_note,
    counted,
    encoder_title,
    groups_note,
    plural,
    strategy_title,
    taught,
)
from pipeline.tasks.catalogue import Task, TaskType, load_catalogue

MODEL = ["encoder", "strategy", "unit", "fraction", "seed"]


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _gallery(params: ReportParams, sources: Sources, tasks: Mapping[str, Task]) -> dict[str, Any]:
    shown = sources.shown_models(params.gallery_strategy)
    if not shown:
        return {"gallery": [], "gallery_model": ""}
    pictures = build_gallery(
        tasks,
        sources.images,
        sources.labels,
        list(shown.values()),
        params.gallery_samples,
        params.gallery_pixels,
    )
    encoder = next(iter(shown)).encoder
    model = f"{encoder_title(encoder)}, {strategy_title(params.gallery_strategy)}"
    by_type = [
        (name, [entry for entry in pictures if entry.task.type == name])
        for name in get_args(TaskType)
    ]
    return {
        "gallery": [(name, entries) for name, entries in by_type if entries],
        "gallery_model": model,
    }


def _figures(
    sources: Sources, scores: ScoreTable, tasks: Mapping[str, Task], simulated: bool
) -> dict[str, str]:
    transfer = shown_rows(read_table(sources.transfer, TRANSFER))
    pretraining = [pd.read_csv(path) for path in sources.pretrain_curves]
    return {
        "forest": forest_figure(scores, simulated),
        # Without a shared model there is nothing to compare.
        "transfer": "" if transfer.empty else transfer_figure(transfer, tasks, simulated),
        "pretrain": pretrain_figure(pretraining, simulated),
        "finetune": finetune_figure(read_curves(sources.curves(), tasks), simulated),
    }


def _scale(rows: pd.DataFrame, tasks: Mapping[str, Task], simulated: bool) -> dict[str, Any]:
    """Return what the page says of data scale; nothing when there is one share only."""
    first = first_seed(rows)
    if not has_scale(first):
        return {"scale": None}
    return {"scale": scale_table(first, tasks), "scale_figure": scale_figure(first, simulated)}


def _tiles(flow: Flow, leakage: Mapping[str, Any], rows: pd.DataFrame) -> list[tuple[int, str]]:
    trained = rows[~rows["strategy"].str.startswith(PROBE)]
    tasks = rows["task"].nunique()
    return [
        (flow.steps[-1][0], flow.steps[-1][1]),
        (leakage["images"], "labelled images"),
        (tasks, plural(tasks, "task")),
        (len(trained.drop_duplicates(MODEL)), "trained models and controls"),
        (len(rows), "rows of results"),
    ]


def page_context(
    params: ReportParams, study: Study, sources: Sources, rows: pd.DataFrame
) -> dict[str, Any]:
    """Return every name that the page's template uses.

    `rows` are the numbered rows of the results table.
    """
    tasks = load_catalogue(sources.catalogue)
    shown = shown_rows(rows)
    columns = find_columns(shown)
    trained = tuple(column for column in columns if not column.is_probe)
    probed = tuple(column for column in columns if column.is_probe)
    scores = score_table("score", shown, trained, tasks)
    decided, leakage = _read_json(sources.claims), _read_json(sources.leakage)
    flow = build_flow(
        _read_json(sources.ingest_counts),
        read_table(sources.quarantine, QUARANTINE),
        _read_json(sources.audit),
        _read_json(sources.flow),
        leakage,
        _read_json(sources.task_counts),
    )
    metrics = overview_metrics(tasks)
    means = [metric for _, metric in metrics]
    return {
        "study": study.name,
        "seed": study.seed,
        "simulated": study.warning,
        "tasks": tasks,
        "task_count": counted(len(tasks), "clinical task"),
        "taught": taught(tasks),
        "dependence": dependence_sentence(leakage) if len(tasks) > 1 else "",
        "groups_note": groups_note(tasks),
        "classes_note": classes_note(tasks),
        "tiles": _tiles(flow, leakage, rows),
        "confidence": f"{decided['confidence']:.0%}",
        "questions": group_claims(decided["claims"]),
        "overview": overview(_read_json(sources.summary), trained, shown["fraction"].max(), means),
        "overview_metrics": metrics,
        "scores": scores,
        "probes": score_table("probe", shown, probed, tasks),
        "flow": flow,
        "row_count": len(rows),
        **_scale(rows, tasks, study.simulated),
        **_gallery(params, sources, tasks),
        **_figures(sources, scores, tasks, study.simulated),
    }
