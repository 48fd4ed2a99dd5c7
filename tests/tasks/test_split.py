"""Whole groups, balanced, and stable when a task is added."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tasks.room import SPLITS
from pipeline.tasks.split import Member, draw_splits, preference

SHARES = {"train": 0.6, "val": 0.2, "test": 0.2}
ORDER = ("A", "B", "C")
ROWS = st.lists(
    st.builds(
        Member,
        group=st.integers(0, 30).map(lambda number: f"group{number}"),
        task=st.sampled_from(ORDER),
        classes=st.integers(0, 2).map(lambda index: (f"class {index}",)),
        sizes=st.sampled_from([(), ("size small",), ("size large",)]),
    ),
    min_size=1,
    max_size=120,
)


def _draw(
    rows: Sequence[Member], seed: int = 0, fixed: Mapping[str, str] | None = None
) -> list[str]:
    return draw_splits(rows, SHARES, seed, ORDER, fixed)


def _split_of(rows: Sequence[Member], splits: Sequence[str]) -> dict[str, str]:
    return {row.group: split for row, split in zip(rows, splits, strict=True)}


def _random_study(
    seed: int, groups: int = 60, tasks: Sequence[str] = ORDER, largest: int = 4
) -> list[Member]:
    """Return tasks of `groups` groups each; neighbouring tasks share a fifth of them."""
    random = Random(seed)
    rows = []
    for place, task in enumerate(tasks):
        for number in range(groups):
            owner = place - 1 if place and number % 5 == 0 else place
            name = sha256(f"{owner}/{number}".encode()).hexdigest()
            label = random.choice((0, 0, 0, 1, 1, 2))
            row = Member(name, task, (f"class {label}",), (f"size {random.randrange(2)}",))
            rows += [row] * random.randint(1, largest)
    return rows


@settings(deadline=None)
@given(ROWS, st.integers(0, 5))
def test_no_group_is_in_two_splits(rows: list[Member], seed: int) -> None:
    splits = defaultdict(set)
    for row, split in zip(rows, _draw(rows, seed), strict=True):
        splits[row.group].add(split)
    assert all(len(found) == 1 for found in splits.values())


@settings(deadline=None)
@given(ROWS, st.randoms())
def test_the_split_follows_from_rows_and_seed_not_from_their_order(
    rows: list[Member], random: Random
) -> None:
    shuffled = random.sample(rows, len(rows))
    by_group = _split_of(rows, _draw(rows))
    assert _draw(shuffled) == [by_group[row.group] for row in shuffled]


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(20, 200))
def test_shares_are_met_in_every_class(seed: int, count: int) -> None:
    rows = [Member(f"g{number}", "A", (f"class {number % 4 == 0}",)) for number in range(count)]
    found = Counter(zip([row.classes for row in rows], _draw(rows, seed), strict=True))
    for label in {row.classes for row in rows}:
        total = sum(row.classes == label for row in rows)
        for split in SPLITS:
            assert abs(found[label, split] - SHARES[split] * total) <= 1.5


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 200))
def test_strata_are_better_balanced_than_by_chance(seed: int) -> None:
    """Chi-squared of every stratum, against splits that the hash alone would give."""
    rows = _random_study(seed, groups=100)
    chance = [preference(row.group, SHARES, seed)[1][0] for row in rows]
    assert _chi_squared(rows, _draw(rows, seed)) < 0.6 * _chi_squared(rows, chance) + 0.1


def _chi_squared(rows: Sequence[Member], splits: Sequence[str]) -> float:
    cells: Counter[tuple[str, ...]] = Counter()
    totals: Counter[tuple[str, ...]] = Counter()
    for row, split in zip(rows, splits, strict=True):
        for stratum in ("rows", *row.classes, *row.sizes):
            cells[row.task, stratum, split] += 1
            totals[row.task, stratum] += 1
    return sum(
        (cells[*key, split] - SHARES[split] * total) ** 2 / (SHARES[split] * total)
        for key, total in totals.items()
        for split in SPLITS
    ) / (len(totals) * len(SPLITS))


@settings(deadline=None)
@given(ROWS, st.integers(0, 5))
def test_every_class_is_trained_on(rows: list[Member], seed: int) -> None:
    drawn = zip(rows, _draw(rows, seed), strict=True)
    trained = {(row.task, row.classes) for row, split in drawn if split == "train"}
    assert trained == {(row.task, row.classes) for row in rows}


@settings(deadline=None)
@given(st.integers(0, 500))
def test_a_task_with_three_groups_gets_all_splits(seed: int) -> None:
    rows = [Member(f"g{number}", "A", ("class 0",)) for number in range(3)]
    assert set(_draw(rows, seed)) == set(SPLITS)


@settings(deadline=None)
@given(st.integers(0, 200))
def test_a_class_of_three_groups_is_in_every_split(seed: int) -> None:
    rows = [Member(f"g{number}", "A", ("class 0",)) for number in range(60)]
    rare = [Member(f"r{number}", "A", ("class 1",)) for number in range(3)]
    assert set(_draw(rows + rare, seed)[-3:]) == set(SPLITS)


@settings(deadline=None)
@given(st.integers(0, 200))
def test_a_task_of_shared_groups_only_gets_all_splits(seed: int) -> None:
    """A second label for images that another task has, of few patients."""
    first = [Member(f"g{number}", "A", (f"class {number % 2}",)) for number in range(40)]
    shared = [Member(f"g{number}", "B", (f"class {number % 2}",)) for number in range(6)]
    splits = _draw(first + shared, seed)
    assert set(splits[-6:]) == set(SPLITS)
    trained = {row.classes for row, split in zip(shared, splits[-6:], strict=True)}
    assert trained == {("class 0",), ("class 1",)}


def test_a_class_with_a_single_group_is_trained_on() -> None:
    rows = [Member(f"g{number}", "A", ("class 0",)) for number in range(20)]
    assert _draw([*rows, Member("g20", "A", ("class 1",))])[-1] == "train"


@settings(deadline=None)
@given(ROWS, st.sets(st.integers(0, 30).map(lambda number: f"group{number}")))
def test_fixed_groups_stay_where_they_are(rows: list[Member], fixed: set[str]) -> None:
    by_group = _split_of(rows, _draw(rows, fixed=dict.fromkeys(fixed, "test")))
    assert all(by_group[group] == "test" for group in fixed & set(by_group))


def test_what_fixed_groups_leave_is_shared_between_train_and_val() -> None:
    rows = [Member(f"g{number}", "A") for number in range(400)]
    fixed = {f"g{number}": "test" for number in range(160)}
    found = Counter(_draw(rows, fixed=fixed))
    assert found["test"] == 160
    assert found["train"] / found["val"] == pytest.approx(3, rel=0.3)


def test_another_seed_draws_another_split() -> None:
    rows = [Member(f"g{number}", "A") for number in range(50)]
    assert _draw(rows, 1) != _draw(rows, 2)


def test_first_preferences_have_the_wanted_shares() -> None:
    """Independent: the multinomial's own spread, five standard deviations."""
    first = Counter(preference(f"g{number}", SHARES, 1)[1][0] for number in range(10_000))
    for split, share in SHARES.items():
        assert abs(first[split] / 10_000 - share) < 5 * (share * (1 - share) / 10_000) ** 0.5


@settings(deadline=None)
@given(st.integers(0, 100), st.permutations(ORDER))
def test_a_task_that_shares_nothing_moves_nothing_wherever_it_stands(
    seed: int, order: list[str]
) -> None:
    rows = [row for row in _random_study(seed) if row.task != "C"]
    new = [Member(f"new{number}", "C", (f"class {number % 2}",)) for number in range(40)]
    alone = draw_splits(rows, SHARES, seed, [task for task in order if task != "C"])
    assert draw_splits(rows + new, SHARES, seed, order)[: len(rows)] == alone


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 100))
def test_a_new_last_task_that_shares_groups_moves_none(seed: int) -> None:
    """It adds images to groups that exist, and has groups of its own for each class."""
    rows = _random_study(seed)
    names = sorted({row.group for row in rows})[::3]
    shared = [Member(name, "D", (f"class {place % 2}",)) for place, name in enumerate(names)]
    own = [Member(f"new{number}", "D", (f"class {number % 2}",)) for number in range(10)]
    after = draw_splits(rows + shared + own, SHARES, seed, [*ORDER, "D"])
    assert after[: len(rows)] == _draw(rows, seed)


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(1, 5))
def test_a_new_last_task_moves_at_most_one_group_for_each_of_its_classes(
    seed: int, classes: int
) -> None:
    rows = _random_study(seed)
    names = Random(seed).sample(sorted({row.group for row in rows}), 3 * classes + 3)
    new = [Member(name, "D", (f"class {place % classes}",)) for place, name in enumerate(names)]
    before = _split_of(rows, _draw(rows, seed))
    after = draw_splits(rows + new, SHARES, seed, [*ORDER, "D"])
    moved = {
        group
        for group, split in _split_of(rows, after[: len(rows)]).items()
        if split != before[group]
    }
    # Beside the classes, the task itself needs a test and a val split.
    assert len(moved) <= classes + 2
    assert moved <= set(names)


def test_few_groups_move_when_images_of_a_new_task_join_two() -> None:
    moved = []
    for seed in range(10):
        rows = _random_study(seed, groups=300)
        one, other = Random(seed).sample(sorted({row.group for row in rows}), 2)
        joined = [replace(row, group=one) if row.group == other else row for row in rows]
        before = _split_of(rows, _draw(rows, seed))
        after = _split_of(joined, _draw(joined, seed))
        kept = set(after) - {one}
        moved.append(sum(after[group] != before[group] for group in kept) / len(kept))
    assert sum(moved) / len(moved) < 0.05
