"""Drawing train, val and test: whole groups, stratified by task and class, without chance.

Greedy, in the spirit of iterative stratification (Sechidis, Tsoumakas, Vlahavas, ECML PKDD 2011):
the group that holds the rarest stratum is placed next, in the split where it most lowers the
chi-squared distance between the rows that each stratum has and should have. The first group of
a stratum always goes to train, so no class is tested that was never trained on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.io.hashing import sha256_bytes

# In this order where two splits are equally good: the published scores come before the choice of
# a model.
SPLITS = ("train", "test", "val")


def _order(group: str, strata: Counter[str], rows: Counter[str], seed: int) -> tuple[int, int, str]:
    rarest = min(rows[stratum] for stratum in strata)
    return rarest, -strata.total(), sha256_bytes(f"{seed}/{group}".encode())


def _cost(group: Counter[str], lacking: Mapping[str, float], wanted: Mapping[str, float]) -> float:
    """Return by how much the chi-squared distance of one split grows when it takes the group."""
    growth = (
        ((lacking[stratum] - count) ** 2 - lacking[stratum] ** 2) / wanted[stratum]
        for stratum, count in sorted(group.items())
    )
    # Rounded, so that sums that are equal on paper count as equal.
    return round(sum(growth), 6)


def draw_splits(
    groups: Sequence[str],
    strata: Sequence[tuple[str, ...]],
    shares: Mapping[str, float],
    seed: int,
) -> list[str]:
    """Return the split of each row, the same for all rows of a group.

    Args:
        groups: the group of each row.
        strata: the strata that each row counts in, such as its task and its class.
        shares: the wanted share of each of SPLITS; they sum to 1.
        seed: groups that are alike are taken in an order that follows from this and their names.
    """
    rows = Counter(stratum for row in strata for stratum in row)
    wanted = {
        split: {stratum: shares[split] * count for stratum, count in rows.items()}
        for split in SPLITS
    }
    lacking = {split: dict(wanted[split]) for split in SPLITS}
    members: dict[str, Counter[str]] = {}
    for group, row in zip(groups, strata, strict=True):
        members.setdefault(group, Counter()).update(row)
    chosen: dict[str, str] = {}
    trained: set[str] = set()
    for group in sorted(members, key=lambda name: _order(name, members[name], rows, seed)):
        costs = [_cost(members[group], lacking[split], wanted[split]) for split in SPLITS]
        is_new = not trained.issuperset(members[group])
        chosen[group] = "train" if is_new else SPLITS[costs.index(min(costs))]
        if chosen[group] == "train":
            trained.update(members[group])
        for stratum, count in members[group].items():
            lacking[chosen[group]][stratum] -= count
    return [chosen[group] for group in groups]
