"""Score every prediction file against the test labels."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from pipeline.errors import StudyError
from pipeline.evaluate.answers import LabelledTask, match, read_predictions, read_test_set
from pipeline.evaluate.claims import claims
from pipeline.evaluate.estimates import (
    DIGITS,
    Arm,
    Estimate,
    interval_columns,
    main_estimates,
)
from pipeline.evaluate.metrics import measure
from pipeline.evaluate.params import EvaluateParams
from pipeline.evaluate.tables import METRICS, TRANSFER
from pipeline.evaluate.transfer import transfer_rows
from pipeline.io.atomic import write_json
from pipeline.io.hashing import sha256_file
from pipeline.io.tables import write_table
from pipeline.step import Job
from pipeline.tasks.catalogue import load_catalogue

PROGRESS_EVERY = 25


def score_file(
    arm: Arm, unit: str, path: Path, tests: Mapping[str, LabelledTask], tolerance: float
) -> list[Estimate]:
    """Return every metric of every task that a prediction file answers.

    Raises StudyError when the file answers none, or is malformed.
    """
    predictions = read_predictions(path, tests)
    if not predictions:
        raise StudyError(f"{path}: no prediction; rerun the job that writes this file")
    digest = sha256_file(path)
    found = []
    for task_id, answers in sorted(predictions.items()):
        test = tests[task_id]
        kind, classes = test.task.type, test.task.num_classes
        predicted = match(test, answers)
        scores = measure(kind, classes, test.rows, predicted, test.weights_DN, tolerance)
        found += [
            Estimate(arm, unit, test.task, metric, score.scores_D, score.images, digest)
            for metric, score in scores.items()
        ]
    return found


def metric_rows(estimates: Iterable[Estimate], confidence: float) -> list[dict[str, Any]]:
    """Return the rows of METRICS, sorted."""
    rows = [
        {
            **estimate.identity(),
            **interval_columns(estimate.scores_D, confidence),
            "n_test": estimate.n_test,
            "predictions_sha256": estimate.predictions_sha256,
        }
        for estimate in estimates
    ]
    order = ("encoder", "strategy", "unit", "task", "fraction", "seed", "metric")
    return sorted(rows, key=lambda row: tuple(row[name] for name in order))


def summarise(estimates: Iterable[Estimate]) -> dict[str, Any]:
    """Return the mean of each main metric over its tasks: encoder, strategy, fraction, metric.

    Tasks count equally, as in the challenge's summary; several seeds are averaged too.
    """
    values: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for estimate in estimates:
        arm = estimate.arm
        key = (arm.encoder, arm.strategy, f"fraction{arm.fraction}", estimate.metric)
        values[key].append(estimate.value)
    summary: dict[str, Any] = {}
    for (encoder, strategy, fraction, metric), found in sorted(values.items()):
        place = summary.setdefault(encoder, {}).setdefault(strategy, {}).setdefault(fraction, {})
        place[metric] = round(fmean(found), DIGITS)
    return summary


def _estimates(
    units: Sequence[Mapping[str, Any]],
    predictions: Sequence[Path],
    tests: Mapping[str, LabelledTask],
    tolerance: float,
    progress: Callable[[str], None],
) -> list[Estimate]:
    found = []
    for count, (unit, path) in enumerate(zip(units, predictions, strict=True), start=1):
        arm = Arm(unit["encoder"], unit["strategy"], float(unit["fraction"]), int(unit["seed"]))
        found += score_file(arm, unit["unit"], path, tests, tolerance)
        if count % PROGRESS_EVERY == 0:
            progress(f"{count} of {len(units)} prediction files scored")
    return found


def score(
    params: EvaluateParams,
    seed: int,
    units: Sequence[Mapping[str, Any]],
    *,
    catalogue: Path,
    predictions: Sequence[Path],
    labels: Sequence[Path],
    metrics: Path,
    summary: Path,
    transfer: Path,
    claims_path: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Score all predictions and write the four results; return counts.

    Args:
        params: draws and confidence of the intervals, and the tolerance of surface Dice.
        seed: the study's seed.
        units: encoder, strategy, unit, fraction and seed of each prediction file.
        catalogue: the study's task catalogue.
        predictions: the prediction files, in the order of `units`.
        labels: the test labels of all tasks.
        metrics: where to write METRICS.
        summary: where to write the mean of each main metric.
        transfer: where to write TRANSFER.
        claims_path: where to write the decided statements.
        progress: called with a line now and then.
    """
    known = load_catalogue(catalogue)
    read = (read_test_set(path, known, seed, params.bootstrap_draws) for path in labels)
    tests = {test.task.id: test for test in read}
    estimates = _estimates(units, predictions, tests, params.surface_tolerance, progress)
    rows = metric_rows(estimates, params.confidence)
    main = main_estimates(estimates)
    decided = claims(main, params.confidence)
    write_table(rows, METRICS, metrics)
    write_json(summary, summarise(main.values()))
    write_table(transfer_rows(main, params.confidence), TRANSFER, transfer)
    write_json(claims_path, {"confidence": params.confidence, "claims": decided})
    return {
        "scores": len(rows),
        "prediction_files": len(predictions),
        "claims_that_hold": sum(claim["verdict"] == "holds" for claim in decided),
        "claims": len(decided),
    }


def main() -> None:
    """Run the step from the command line."""
    with Job.from_command_line() as job:
        counts = score(
            job.section(EvaluateParams),
            job.seed,
            job.value("workflow.units"),
            catalogue=job.input("catalogue"),
            predictions=job.inputs("predictions"),
            labels=job.inputs("labels"),
            metrics=job.output("metrics"),
            summary=job.output("summary"),
            transfer=job.output("transfer"),
            claims_path=job.output("claims"),
            progress=job.progress,
        )
        job.log_metrics(counts)


if __name__ == "__main__":
    main()
