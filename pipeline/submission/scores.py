"""Official and strict scores of a prediction folder side by side: as text, as CSV, as JSON."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from pipeline.io.atomic import write_json, write_text
from pipeline.tasks.catalogue import TaskType


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

    def told_skipped(self) -> str:
        """Say how many rows of each task have no usable label, and why."""
        skipped = self.rows_skipped.items()
        return "; ".join(f"{task}: {_counted(found)}" for task, found in skipped)

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
