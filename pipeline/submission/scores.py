"""Official and strict scores of a prediction folder side by side: as text, as CSV, as JSON."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from pipeline.io.atomic import write_json, write_text
from pipeline.tasks.catalogue import TaskType

ROWS_NAMED = 10  # of those that a study would set aside, as text
SET_ASIDE = ("csv", "row", "task", "reason", "detail", "field", "value", "scored")


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
    """All scores, and what was left out by reason: rows without a usable label, predictions.

    `rows_set_aside` are those that planning would set aside; `scored` in each says if it counts.
    """

    tasks: tuple[TaskScore, ...]
    rows_skipped: dict[str, dict[str, int]]
    predictions_unusable: dict[str, int]
    rows_set_aside: tuple[dict[str, Any], ...] = ()

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

    def told_skipped(self) -> str:
        """Say how many rows of each task have no usable label, and why."""
        skipped = self.rows_skipped.items()
        return "; ".join(f"{task}: {_counted(found)}" for task, found in skipped)

    def told_set_aside(self) -> Iterator[str]:
        """Yield lines that count the scored rows that a study would set aside, and name some."""
        rows = [row for row in self.rows_set_aside if row["scored"]]
        if not rows:
            return
        counts = _counted(Counter(row["reason"] for row in rows))
        yield (
            f"warning: a study would set aside {len(rows)} of the rows scored here ({counts}). The "
            "challenge's evaluate.py counts them, so they count here too; a strict score leaves "
            "out classes that the task does not have. All are in PREDICTIONS.set_aside.csv:"
        )
        for row in rows[:ROWS_NAMED]:
            yield f"  {row['csv']}, row {row['row']}: {row['reason']}: {row['detail']}"
        if others := rows[ROWS_NAMED:]:
            yield f"  and {len(others)} more"

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
        lines += [f"rows without a usable label: {self.told_skipped()}"] * bool(self.rows_skipped)
        if self.predictions_unusable:
            lines.append(f"predictions not used: {_counted(self.predictions_unusable)}")
        lines += self.told_set_aside()
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
    return (f"{task:24}{metric:14}" + "".join(f"{cell:>10}" for cell in cells)).rstrip()


def beside(folder: Path, ending: str) -> Path:
    """Return the path of a file beside a prediction folder, which itself is handed in."""
    return folder.resolve().with_name(f"{folder.resolve().name}.{ending}")


def write_scores(scores: FolderScores, predictions: Path) -> None:
    """Write the scores beside the prediction folder, as CSV and as JSON, and the rows set aside."""
    tasks = (asdict(one) for one in scores.tasks)
    _write_csv(beside(predictions, "scores.csv"), list(TaskScore.__annotations__), tasks)
    _write_csv(beside(predictions, "set_aside.csv"), SET_ASIDE, scores.rows_set_aside)
    means = [
        {"task_type": kind, "metric": metric, "official": official, "strict": strict}
        for kind, metric, official, strict in scores.means()
    ]
    write_json(beside(predictions, "scores.json"), {**asdict(scores), "means": means})


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, buffer.getvalue())
