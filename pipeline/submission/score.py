"""Score a prediction folder against a labelled folder, both in the challenge's format.

    make score DATA=/data/fm_uia/train PREDICTIONS=/data/predictions

Prints the challenge's own figures (official) beside those that count what these leave out
(strict), and writes both to `<PREDICTIONS>.scores.csv` and `<PREDICTIONS>.scores.json`. Rows whose
labels a study would set aside are scored as the challenge does, and listed in
`<PREDICTIONS>.set_aside.csv`.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from pipeline.errors import StudyError
from pipeline.evaluate.metrics import STRICT, Score, Scores, measure
from pipeline.params import load_params
from pipeline.submission.layout import JSON_FILES
from pipeline.submission.predictions import PredictionSet
from pipeline.submission.scores import FolderScores, TaskScore, beside, write_scores
from pipeline.submission.set_aside import Line, set_aside_rows
from pipeline.submission.truth import TrueTask, read_labelled, truth_of
from pipeline.tasks.params import TasksParams

Progress = Callable[[str], None]
NONE = Score(np.array([np.nan]), 0)


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
    root: Path,
    predictions: Path,
    tolerance: float,
    params: TasksParams,
    progress: Progress = lambda text: None,
) -> FolderScores:
    """Return the scores of every task that has labels.

    Args:
        root: a folder in the challenge's layout.
        predictions: a prediction folder.
        tolerance: of surface Dice, in pixels.
        params: how the study reads labels, to tell which of them it would set aside.
        progress: called with a line after each task.
    """
    given = PredictionSet(predictions)
    tasks, ignored = read_labelled(root)
    found: list[TaskScore] = []
    lines: set[Line] = set()
    for number, task in enumerate(tasks, start=1):
        truth = list(truth_of(task, root))
        if truth:
            answers = [given.of_row(task, row) for row in truth]
            weights_1N = np.ones((1, len(truth)))
            scores = measure(task.type, task.num_classes, truth, answers, weights_1N, tolerance)
            found += _task_scores(task, scores)
            lines |= {row["line"] for row in truth}
            progress(f"{number} of {len(tasks)} tasks scored")
    found.sort(key=lambda one: one.task_type)
    skipped = {name: {"wrong_task_name": rows} for name, rows in ignored.items()}
    skipped |= {task.id: dict(task.skipped) for task in tasks if task.skipped}
    refused = set_aside_rows(root, params, lines, progress) if found else []
    return FolderScores(tuple(found), skipped, dict(+given.unusable), tuple(refused))


def main() -> None:
    """Score the folders that the command line names."""
    parser = argparse.ArgumentParser(prog="make score", description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="folder that holds csv_files/")
    parser.add_argument("--predictions", required=True, type=Path, help="prediction folder")
    arguments = parser.parse_args()
    try:
        if Path() in (arguments.data, arguments.predictions):
            raise StudyError("name the labelled folder (DATA=) and the predictions (PREDICTIONS=)")
        params = load_params(Path("params.yaml"))
        tolerance = params.evaluate.surface_tolerance
        scores = score_folder(arguments.data, arguments.predictions, tolerance, params.tasks, say)
        if not scores.tasks:
            why = scores.told_skipped()
            raise StudyError(f"DATA: no row has a label that can be scored ({why})")
        if not any(one.official_images for one in scores.tasks):
            raise StudyError(
                "PREDICTIONS: it answers no labelled image; name the folder that holds the masks "
                f"at the paths of DATA's rows, and {', '.join(JSON_FILES.values())}"
            )
        write_scores(scores, arguments.predictions)
    except StudyError as error:
        raise SystemExit(f"score: {error}") from None
    print(scores)
    print(f"written: {beside(arguments.predictions, 'scores.csv')} and .json")


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
