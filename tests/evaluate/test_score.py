import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.evaluate.params import EvaluateParams
from pipeline.evaluate.score import score
from pipeline.evaluate.tables import METRICS, TRANSFER
from pipeline.io.hashing import sha256_file
from pipeline.io.tables import read_table, write_table
from pipeline.report.results import result_rows, write_results
from pipeline.tasks.catalogue import CATALOGUE
from pipeline.tasks.tables import TEST_LABELS
from tests.evaluate.study import TASKS, answers, constant, perfect, write_answers, write_labels

PARAMS = EvaluateParams(bootstrap_draws=200, confidence=0.95, surface_tolerance=2.0)
OFFICIAL = {"dice": 1.0, "hausdorff": 0.0, "iou": 1.0, "mre": 0.0}
OFFICIAL |= dict.fromkeys(("accuracy", "macro_f1", "weighted_f1", "mcc", "auc"), 1.0)
STRICT = {f"strict_{name}": value for name, value in OFFICIAL.items()}
STRICT |= {"strict_hd95": 0.0, "strict_surface_dice": 1.0}
OUTPUTS = ("metrics.parquet", "metrics.json", "transfer.parquet", "claims.json")


def _unit(encoder: str, strategy: str, unit: str = "all") -> dict[str, Any]:
    return {"encoder": encoder, "strategy": strategy, "unit": unit, "fraction": 1.0, "seed": 0}


def _score(
    folder: Path, units: Sequence[dict[str, Any]], paths: Sequence[Path], relabel: bool = True
) -> Path:
    metrics, summary, transfer, claims = (folder / name for name in OUTPUTS)
    score(
        PARAMS,
        1,
        units,
        catalogue=CATALOGUE,
        predictions=paths,
        labels=write_labels(folder) if relabel else sorted(folder.glob("*.labels.parquet")),
        metrics=metrics,
        summary=summary,
        transfer=transfer,
        claims_path=claims,
    )
    return folder


def _study(folder: Path) -> Path:
    """Score perfect task-specific models, a constant shared one, and the constant control."""
    specific = [
        write_answers(folder / f"{name}.parquet", answers(perfect, {name: task}))
        for name, task in TASKS.items()
    ]
    shared = write_answers(folder / "shared.parquet", answers(constant))
    units = [_unit("dino", "task-specific", name) for name in TASKS]
    units += [_unit("dino", "all-tasks"), _unit("control-constant", "all-tasks")]
    return _score(folder, units, [*specific, shared, shared])


def _values(metrics: pd.DataFrame, strategy: str) -> dict[str, float]:
    rows = metrics[(metrics["encoder"] == "dino") & (metrics["strategy"] == strategy)]
    return dict(zip(rows["metric"], rows["value"], strict=True))


def test_perfect_predictions_score_perfectly_and_certainly(tmp_path: Path) -> None:
    metrics = read_table(_study(tmp_path) / "metrics.parquet", METRICS)
    perfect_rows = metrics[metrics["strategy"] == "task-specific"]
    assert _values(metrics, "task-specific") == OFFICIAL | STRICT
    assert np.allclose(perfect_rows["ci_low"], perfect_rows["value"])
    assert np.allclose(perfect_rows["ci_high"], perfect_rows["value"])


def test_every_row_has_an_ordered_interval_and_the_hash_of_its_file(tmp_path: Path) -> None:
    metrics = read_table(_study(tmp_path) / "metrics.parquet", METRICS)
    assert (metrics["ci_low"] <= metrics["ci_high"]).all()
    assert (metrics["n_test"] == 12).all()
    shared = metrics[metrics["strategy"] == "all-tasks"]
    assert set(shared["predictions_sha256"]) == {sha256_file(tmp_path / "shared.parquet")}
    assert len(metrics) == 3 * len(OFFICIAL | STRICT)


def test_an_undefined_score_is_empty_in_the_table_and_in_results(tmp_path: Path) -> None:
    classes = TASKS["organ_cls"]
    some = [
        row for row in answers(perfect, {"organ_cls": classes}) if int(np.argmax(row["probs"])) != 2
    ]
    path = write_answers(tmp_path / "some.parquet", some)
    labels = read_table(write_labels(tmp_path)[1], TEST_LABELS)
    write_table(labels[labels["label"] != 2], TEST_LABELS, tmp_path / "organ_cls.labels.parquet")
    _score(tmp_path, [_unit("dino", "task-specific", "organ_cls")], [path], relabel=False)
    metrics = read_table(tmp_path / "metrics.parquet", METRICS).set_index("metric")
    assert metrics.loc["auc", "value"] == 0.0
    assert metrics.loc["strict_auc", ["value", "ci_low", "ci_high"]].isna().all()
    write_results(
        result_rows(metrics.reset_index().assign(n_train=9), "toy"), tmp_path / "results.csv"
    )
    with (tmp_path / "results.csv").open() as handle:
        rows = {row["metric"]: row for row in csv.DictReader(handle)}
    assert (rows["auc"]["value"], rows["strict_auc"]["value"]) == ("0", "")


def test_transfer_shows_the_loss_in_every_task(tmp_path: Path) -> None:
    transfer = read_table(_study(tmp_path) / "transfer.parquet", TRANSFER)
    assert set(transfer["task"]) == set(TASKS)
    assert (transfer["value"] < 0).all()
    assert (transfer["ci_high"] < 0).all()


def test_summary_and_claims_name_every_arm(tmp_path: Path) -> None:
    _study(tmp_path)
    summary = json.loads((tmp_path / "metrics.json").read_text())
    assert summary["dino"]["task-specific"]["fraction1.0"]["dice"] == 1.0
    assert set(summary) == {"dino", "control-constant"}
    kinds = {
        claim["kind"] for claim in json.loads((tmp_path / "claims.json").read_text())["claims"]
    }
    assert kinds == {"beats-constant", "sharing-helps"}


def test_scores_are_the_same_to_the_byte(tmp_path: Path) -> None:
    first, second = _study(tmp_path / "a"), _study(tmp_path / "b")
    for name in OUTPUTS:
        assert sha256_file(first / name) == sha256_file(second / name)


def test_a_file_without_predictions_is_refused(tmp_path: Path) -> None:
    empty = write_answers(tmp_path / "empty.parquet", [])
    with pytest.raises(StudyError, match="no prediction"):
        _score(tmp_path, [_unit("dino", "all-tasks")], [empty])
