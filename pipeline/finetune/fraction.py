"""Which part of a task's training set is used when only a share of it may be.

The part follows from the study's seed and the task's own training set alone. So it is the same
for every strategy, encoder, repeat and list of fractions, and patients that tasks share are in the
part of both or of none, as far as their numbers allow.
"""

from collections.abc import Collection, Sequence

from pipeline.io.samples import TaskSamples
from pipeline.io.seeds import derive_seed


def nested_fraction(samples: TaskSamples, fraction: float, seed: int) -> TaskSamples:
    """Return a share of the samples, in whole groups; a smaller share is part of a larger one."""
    return samples.select(nested_rows(samples.groups, samples.classes, fraction, seed))


def nested_rows(
    groups: Sequence[str], classes: Sequence[Collection[int]], fraction: float, seed: int
) -> list[int]:
    """Return the rows of whole groups that make up at least `fraction` of all rows, sorted.

    Groups are taken in an order drawn from the seed, first those that bring a class that no
    group before them has, and these always: every class has an example however small the share.

    Args:
        groups: the group of each row.
        classes: what each row shows an example of.
        fraction: the wanted share, above 0.
        seed: the study's.
    """
    rows_of: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        rows_of.setdefault(group, []).append(row)
    drawn = sorted(rows_of, key=lambda group: (derive_seed(seed, "fraction", group), group))
    needed = _bringing_classes(drawn, rows_of, classes)
    rows: list[int] = []
    for group in [*needed, *(group for group in drawn if group not in needed)]:
        if group not in needed and len(rows) >= fraction * len(groups):
            break
        rows += rows_of[group]
    return sorted(rows)


def _bringing_classes(
    drawn: Sequence[str], rows_of: dict[str, list[int]], classes: Sequence[Collection[int]]
) -> dict[str, None]:
    """Return, in order, the groups that show a class that none before them shows."""
    seen: set[int] = set()
    needed: dict[str, None] = {}
    for group in drawn:
        shown = {index for row in rows_of[group] for index in classes[row]}
        if shown - seen:
            needed[group] = None
            seen |= shown
    return needed
