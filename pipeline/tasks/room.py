"""What each split holds of one task, and whether it has room for more."""

from collections import Counter
from collections.abc import Mapping

# In this order where two splits are equally good: the published scores come before the choice of
# a model.
SPLITS = ("train", "test", "val")
# Strata that every task has: all its rows, and its groups, each counting once.
ROWS, GROUPS = "rows", "groups"
# A split holds at most this much more than its share of a stratum, as long as there is a choice.
SLACK = 0.5


class Room:
    """What each split holds of a task, and how much more it may take.

    `members` are the task's groups, with the number of rows in each stratum.
    """

    def __init__(self, members: Mapping[str, Counter[str]], splits: Mapping[str, str]) -> None:
        """Count what is held by the groups that have their split already."""
        self.members = members
        self.total: Counter[str] = Counter()
        self.held: dict[str, Counter[str]] = {split: Counter() for split in SPLITS}
        for group, counts in members.items():
            self.total.update(counts)
            if group in splits:
                self.held[splits[group]].update(counts)

    def can_spare(self, split: str, group: str) -> bool:
        """Say whether the split keeps every stratum that it has when the group leaves it."""
        counts, held = self.members.get(group, Counter()), self.held[split]
        return all(held[stratum] > count for stratum, count in counts.items())

    def has_room(self, split: str, group: str, share: float) -> bool:
        """Say whether the split, whose share is given, can take the group."""
        held = self.held[split]
        return all(
            held[stratum] + count <= share * self.total[stratum] + SLACK
            for stratum, count in self.members[group].items()
        )

    def cost(self, split: str, group: str, share: float) -> float:
        """Return by how much the chi-squared distance from the shares grows with the group."""
        growth = 0.0
        for stratum, count in sorted(self.members[group].items()):
            wanted = share * self.total[stratum]
            lacking = wanted - self.held[split][stratum]
            growth += ((lacking - count) ** 2 - lacking**2) / wanted
        # Rounded, so that sums that are equal on paper count as equal.
        return round(growth, 6)
