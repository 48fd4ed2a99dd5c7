"""Drawing train, val and test: whole groups, across all tasks, stable when a task is added.

Every group has an order of preference for the splits, drawn from a keyed hash of its name with the
wanted shares as weights. Tasks are taken in the order of the catalogue. Each places the groups
that no earlier task holds, in the first split that they prefer and that has room: room for the
task's rows, its groups, and the rows of every stratum. First it places one group of each stratum
in train, test and val, so that no class is scored or chosen by that was never trained on.

So a group's split follows from its name and from the tasks up to the first that holds it:

- A new task that shares no group moves none, wherever it stands in the catalogue.
- A new task at the end that shares groups moves none either, unless its images join two groups
  into one, or all rows of one of its strata lie in groups that others hold and none in train (then
  one group moves there).
- Whatever else changes a task's rows changes the room in its splits by that many rows: since few
  groups do not get what they prefer, few move.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pipeline.tasks.room import GROUPS, ROWS, SPLITS, Room


@dataclass(frozen=True)
class Member:
    """A labelled image as the split sees it.

    `classes` must be trained on, and should be in every split; `sizes` are balanced only.
    """

    group: str
    task: str
    classes: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()


def draw_splits(
    rows: Sequence[Member],
    shares: Mapping[str, float],
    seed: int,
    order: Iterable[str],
    fixed: Mapping[str, str] | None = None,
) -> list[str]:
    """Return the split of each row, the same for all rows of a group.

    Args:
        rows: the rows of all tasks.
        shares: the wanted share of each of SPLITS; they sum to 1.
        seed: the key of the hash.
        order: every task, in the order in which they choose.
        fixed: groups whose split is given.
    """
    strata: dict[str, dict[str, Counter[str]]] = defaultdict(dict)
    classes: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        counts = strata[row.task].setdefault(row.group, Counter({GROUPS: 1}))
        counts.update((ROWS, *row.classes, *row.sizes))
        classes[row.task].update(row.classes)
    drawing = _Drawing(shares, seed, dict(fixed or {}), frozenset(fixed or ()))
    for task in order:
        drawing.place(Room(strata[task], drawing.splits), classes[task])
    return [drawing.splits[row.group] for row in rows]


def preference(group: str, shares: Mapping[str, float], seed: int) -> tuple[float, list[str]]:
    """Return a group's place in the queue and the splits in the order that it prefers.

    The order is that of drawing without replacement with the shares as weights: of exponential
    waiting times, the smallest comes first (Efraimidis and Spirakis, 2006).
    """
    digest = sha256(f"{seed}/{group}".encode()).digest()
    place, *chances = (
        (int.from_bytes(digest[start : start + 8], "big") + 1) / 2**64 for start in (0, 8, 16, 24)
    )
    waits = {
        split: -math.log(chance) / shares[split]
        for split, chance in zip(SPLITS, chances, strict=True)
    }
    return place, sorted(SPLITS, key=lambda split: waits[split])


class _Drawing:
    """The splits drawn so far, and the tasks that have chosen."""

    def __init__(
        self, shares: Mapping[str, float], seed: int, splits: dict[str, str], fixed: frozenset[str]
    ) -> None:
        self.shares, self.seed, self.splits, self.fixed = shares, seed, splits, fixed
        self.tasks: list[Room] = []
        self.queue: list[str] = []

    def place(self, task: Room, classes: Iterable[str]) -> None:
        """Let a task place its groups that no task before it has."""
        self.tasks.append(task)
        drawn = {name: preference(name, self.shares, self.seed) for name in task.members}
        # Large groups first, as long as there is room for them.
        self.queue = sorted(
            (group for group in task.members if group not in self.splits),
            key=lambda group: (-task.members[group][ROWS].bit_length(), drawn[group][0]),
        )
        rarest_first = sorted(classes, key=lambda stratum: (task.total[stratum], stratum))
        self._cover("train", [*rarest_first, ROWS])
        for strata in ([ROWS], rarest_first):
            self._cover("test", strata)
            self._cover("val", strata)
        for group in [name for name in self.queue if name not in self.splits]:
            splits = drawn[group][1]
            roomy = (name for name in splits if task.has_room(name, group, self.shares[name]))
            self._put(group, next(roomy, None) or self._cheapest(task, group))

    def _cheapest(self, task: Room, group: str) -> str:
        return min(SPLITS, key=lambda split: task.cost(split, group, self.shares[split]))

    def _put(self, group: str, split: str) -> None:
        for task in self.tasks:
            if counts := task.members.get(group):
                if group in self.splits:
                    task.held[self.splits[group]].subtract(counts)
                task.held[split].update(counts)
        self.splits[group] = split

    def _cover(self, split: str, strata: Iterable[str]) -> None:
        """Put a group of each stratum that the split lacks into it."""
        task = self.tasks[-1]
        for stratum in strata:
            if task.held[split][stratum] or not task.total[stratum]:
                continue
            waiting = [
                group
                for group in self.queue
                if group not in self.splits and task.members[group][stratum]
            ]
            if waiting:
                # What is held out should not be one large clip.
                first = waiting if split == "train" else waiting[::-1]
                roomy = (name for name in first if task.has_room(split, name, self.shares[split]))
                self._put(next(roomy, first[0]), split)
            elif split == "train" or stratum == ROWS:
                self._move(split, stratum)

    def _move(self, split: str, stratum: str) -> None:
        """Move a group of the stratum that an earlier task placed, so that no task loses by it.

        If there is none, a group is taken for train whoever loses: every class is trained on.
        """
        members = self.tasks[-1].members
        holders = sorted(
            (group for group in members if members[group][stratum] and group not in self.fixed),
            key=lambda group: preference(group, self.shares, self.seed),
        )
        spare = (
            group
            for group in holders
            if all(task.can_spare(self.splits[group], group) for task in self.tasks)
        )
        chosen = next(spare, None) or (holders[0] if holders and split == "train" else None)
        if chosen is not None:
            self._put(chosen, split)
