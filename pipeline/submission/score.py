"""Score a prediction folder against a labelled folder, both in the challenge's format.

    make score DATA=/data/fm_uia/train PREDICTIONS=/data/predictions

Prints the challenge's own figures (official) beside those that count what these leave out
(strict), and writes both to `<PREDICTIONS>.scores.csv` and `<PREDICTIONS>.scores.json`.
"""

import argparse
import csv
import io
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from pipeline.errors import StudyError
from pipeline.evaluate.metrics import STRICT, Score, Scores, measure
from pipeline.io.atomic import write_json, write_text
from pipeline.params import load_params
from pipeline.submission.predictions import PredictionSet
from pipeline.submission.truth import TrueTask, read_labelled, truth_of
from pipeline.tasks.catalogue import TaskType

Progress = Callable[[str], None]
NONE = Score(np.array([np.nan]), 0)


@dataclass(frozen=True)
class TaskScore:
    """One metric of one task, and over how many images each of the two is.

    `official` is None where the challenge has no such metric or no number; `strict` where the
    metric is undefined.
    """

    task: str
    task_type: TaskType
    metric: str
    official: float | None
    official_images: int
    strict: float | None
    strict_images: int


@dataclass(frozen=True)
class FolderScores:
    """All scores, and what was left out by reason: rows without a usable label, predictions."""

    tasks: tuple[TaskScore, ...]
    rows_skipped: dict[str, dict[str, int]]
    predictions_unusable: dict[str, int]

    def means(self) -> Iterator[tuple[TaskType, str, float | None, float | None]]:
        """Yield each metric's mean over the tasks of a type, official and strict.

        As in the challenge's summary tasks count equally, and one without a prediction is left
        out of the official mean.
        """
        for kind, metric in dict.fromkeys((one.task_type, one.metric) for one in self.tasks):
            some = [one for one in self.tasks if (one.task_type, one.metric) == (kind, metric)]
            official = [one.official for one in some if one.official_images]
            strict = [one.strict for one in some if one.strict is not None]
            yield kind, metric, _mean(official), _mean(strict)

    def __str__(self) -> str:
        head = ("task", "metric", "official", "images", "strict", "images")
        lines = [_line(*head)]
        for one in self.tasks:
            counts = [str(one.official_images), str(one.strict_images)]
            shown = (_shown(one.official), counts[0], _shown(one.strict), counts[1])
            lines.append(_line(one.task, one.metric, *shown))
        lines += [
            _line(f"mean of {kind}", metric, _shown(official), "", _shown(strict), "")
            for kind, metric, official, strict in self.means()
        ]
        lines += [
            f"{task}: rows without a usable label: {_counted(found)}"
            for task, found in self.rows_skipped.items()
        ]
        if self.predictions_unusable:
            lines.append(f"predictions not used: {_counted(self.predictions_unusable)}")
        return "\n".join(lines)


def _counted(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items()))


def _mean(values: Sequence[float | None]) -> float | None:
    """Return the mean; None if there is nothing, or something unknown, to average."""
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) == len(values) else None


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _line(task: str, metric: str, *cells: str) -> str:
    return f"{task:24}{metric:14}" + "".join(f"{cell:>10}" for cell in cells)


def _task_scores(task: TrueTask, scores: Scores) -> Iterator[TaskScore]:
    for name in dict.fromkeys(name.removeprefix(STRICT) for name in scores):
        official, strict = scores.get(name, NONE), scores[STRICT + name]
        yield TaskScore(
            task=task.id,
            task_type=task.type,
            metric=name,
            official=_number(official),
            official_images=official.images,
            strict=_number(strict),
            strict_images=strict.images,
        )


def _number(score: Score) -> float | None:
    value = float(score.scores_D[0])
    return value if math.isfinite(value) else None


def score_folder(
    root: Path, predictions: Path, tolerance: float, progress: Progress = lambda text: None
) -> FolderScores:
    """Return the scores of every task that has labels.

    Args:
        root: a folder in the challenge's layout.
        predictions: a prediction folder.
        tolerance: of surface Dice, in pixels.
        progress: called with a line after each task.
    """
    given = PredictionSet(predictions)
    tasks = read_labelled(root)
    found: list[TaskScore] = []
    for number, task in enumerate(tasks, start=1):
        truth = list(truth_of(task, root))
        if truth:
            answers = [given.of_row(task, row) for row in truth]
            weights_1N = np.ones((1, len(truth)))
            scores = measure(task.type, task.num_classes, truth, answers, weights_1N, tolerance)
            found += _task_scores(task, scores)
            progress(f"{number} of {len(tasks)} tasks scored")
    found.sort(key=lambda one: one.task_type)
    skipped = {task.id: dict(task.skipped) for task in tasks if task.skipped}
    return FolderScores(tuple(found), skipped, dict(+given.unusable))


def beside(folder: Path, ending: str) -> Path:
    """Return the path of a file beside a prediction folder, which itself is handed in."""
    return folder.resolve().with_name(f"{folder.resolve().name}.{ending}")


def write_scores(scores: FolderScores, predictions: Path) -> None:
    """Write the scores beside the prediction folder, as CSV and as JSON."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(TaskScore.__annotations__), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in scores.tasks)
    write_text(beside(predictions, "scores.csv"), buffer.getvalue())
    means = [
        {"task_type": kind, "metric": metric, "official": official, "strict": strict}
        for kind, metric, official, strict in scores.means()
    ]
    write_json(beside(predictions, "scores.json"), {**asdict(scores), "means": means})


def main() -> None:
    """Score the folders that the command line names."""
    parser = argparse.ArgumentParser(prog="make score", description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="folder that holds csv_files/")
    parser.add_argument("--predictions", required=True, type=Path, help="prediction folder")
    arguments = parser.parse_args()
    try:
        tolerance = load_params(Path("params.yaml")).evaluate.surface_tolerance
        scores = score_folder(arguments.data, arguments.predictions, tolerance, progress=_say)
        if not scores.tasks:
            raise StudyError("DATA: no row has a label")
        write_scores(scores, arguments.predictions)
    except StudyError as error:
        raise SystemExit(f"score: {error}") from None
    print(scores)
    print(f"written: {beside(arguments.predictions, 'scores.csv')} and .json")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
