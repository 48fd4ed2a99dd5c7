"""How the page names models, strategies and metrics, for a reader who is not a programmer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.tasks.catalogue import Task, TaskType

CONTROL = "control-"
PROBE = "probe-"
SCRATCH = "scratch"
CONSTANT = "control-constant"

RANGE = "\N{EN DASH}"  # between the ends of an interval

STRATEGY_TITLES = {
    "task-specific": "one model per task",
    "clinical-groups": "one per clinical group",
    "all-tasks": "one for all tasks",
}
CONTROL_TITLES = {
    CONSTANT: "always the commonest answer",
    "control-shuffled-labels": "trained on shuffled labels",
}
PROBE_TITLES = {
    "probe-knn": "nearest neighbours",
    "probe-linear": "linear",
}


@dataclass(frozen=True)
class MainMetric:
    """The one metric by which tasks of a type are compared; `unit` is empty for a 0-1 score."""

    name: str
    title: str
    unit: str
    higher_is_better: bool
    meaning: str

    @property
    def arrow(self) -> str:
        """Return the direction of better values."""
        return "↑" if self.higher_is_better else "↓"

    @property
    def direction(self) -> str:
        """Return the direction of better values in words."""
        return "higher is better" if self.higher_is_better else "lower is better"

    def format(self, value: float) -> str:
        """Return a value at the precision at which it is read."""
        return f"{value:.1f}" if self.unit else f"{value:.3f}"


MAIN_METRICS: dict[TaskType, MainMetric] = {
    "segmentation": MainMetric(
        "dice",
        "Dice",
        "",
        True,
        "Overlap of the outlined and the true region: 0 is none, 1 is perfect",
    ),
    "classification": MainMetric(
        "macro_f1",
        "macro F1",
        "",
        True,
        "Agreement with the true class, every class counting the same: 1 is perfect",
    ),
    "detection": MainMetric(
        "iou",
        "IoU",
        "",
        True,
        "Shared area of the predicted and the true box over their joint area: 1 is perfect",
    ),
    "regression": MainMetric(
        "mre",
        "MRE",
        "px",
        False,
        "Mean distance between a predicted and a true landmark, in image pixels: 0 is perfect",
    ),
}

ACTS: dict[TaskType, str] = {
    "segmentation": "outlining structures",
    "classification": "naming what is seen",
    "detection": "boxing lesions",
    "regression": "placing landmarks",
}


def encoder_title(encoder: str) -> str:
    """Return how an encoder is called on the page."""
    return "from scratch" if encoder == SCRATCH else encoder


def encoder_order(encoder: str) -> tuple[bool, bool, str]:
    """Return a sort key: pretrained encoders, then training from scratch, then controls."""
    return encoder.startswith(CONTROL), encoder == SCRATCH, encoder


def strategy_order(strategy: str) -> tuple[int, str]:
    """Return a sort key: from one model per task to one for all, then other names."""
    known = list(STRATEGY_TITLES)
    return known.index(strategy) if strategy in known else len(known), strategy


def strategy_title(strategy: str) -> str:
    """Return a strategy in plain words; an unknown one keeps its name."""
    return STRATEGY_TITLES.get(strategy, strategy)


def control_title(encoder: str) -> str:
    """Return a control in plain words; an unknown one keeps its name."""
    return CONTROL_TITLES.get(encoder, encoder.removeprefix(CONTROL).replace("-", " "))


def probe_title(strategy: str) -> str:
    """Return a probe protocol in plain words; an unknown one keeps its name."""
    return PROBE_TITLES.get(strategy, strategy.removeprefix(PROBE))


def readable(name: str) -> str:
    """Return an identifier as words."""
    return name.replace("_", " ").replace("-", " ")


def plural(number: int, noun: str) -> str:
    """Return a noun, such as `task`, as it reads after a number."""
    return noun if number == 1 else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {plural(number, noun)}"


def enumerated(parts: Sequence[str]) -> str:
    """Return words as a list in a sentence: a, b and c."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def classes_note(tasks: Mapping[str, Task]) -> str:
    """Say which tasks have classes whose names nobody published; nothing if all have names."""
    nameless = [task.id for task in tasks.values() if task.labels_basis == "unknown"]
    if not nameless:
        return ""
    return (
        f"What the classes of {' and '.join(nameless)} mean was not published: they have numbers "
        "in place of names."
    )


def groups_note(tasks: Mapping[str, Task]) -> str:
    """Say which clinical groups are those of the paper and which are our assumption."""
    known = sum(task.group_basis == "paper" for task in tasks.values())
    if not known:
        return "Which clinical group a task belongs to is an assumption."
    source = "follows from what is reported of arXiv 2603.18123"
    if known == len(tasks):
        return f"The clinical group of each task {source}."
    return (
        f"The clinical group of {known} of the {len(tasks)} tasks {source}; that of the others is "
        "an assumption."
    )


def taught(tasks: Mapping[str, Task]) -> str:
    """Say what the tasks ask of the network."""
    return enumerated([ACTS[name] for name in ACTS if name in types_of(tasks)])


def types_of(tasks: Mapping[str, Task]) -> set[TaskType]:
    """Return the types of task that a study has."""
    return {task.type for task in tasks.values()}
