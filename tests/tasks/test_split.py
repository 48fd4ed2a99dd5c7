from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tasks.split import SPLITS, draw_splits

SHARES = {"train": 0.6, "val": 0.2, "test": 0.2}
ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from("AB"), st.integers(0, 2)),
    min_size=1,
    max_size=120,
)
Row = tuple[int, str, int]


def _draw(rows: list[Row], seed: int = 0) -> list[str]:
    groups = [f"group{group}" for group, _, _ in rows]
    strata = [(task, f"{task}/{label}") for _, task, label in rows]
    return draw_splits(groups, strata, SHARES, seed)


@given(ROWS, st.integers(0, 5))
def test_no_group_is_in_two_splits(rows: list[Row], seed: int) -> None:
    splits = defaultdict(set)
    for (group, _, _), split in zip(rows, _draw(rows, seed), strict=True):
        splits[group].add(split)
    assert all(len(found) == 1 for found in splits.values())


@given(ROWS, st.permutations(range(5)))
def test_the_split_follows_from_rows_and_seed_not_from_their_order(
    rows: list[Row], order: list[int]
) -> None:
    parts = [rows[start::5] for start in order]
    shuffled = [row for part in parts for row in part]
    by_group = {row[0]: split for row, split in zip(rows, _draw(rows), strict=True)}
    assert _draw(shuffled) == [by_group[row[0]] for row in shuffled]


@given(st.integers(0, 1000), st.integers(20, 200))
def test_shares_are_met_in_every_class(seed: int, count: int) -> None:
    rows: list[Row] = [(group, "A", group % 4 == 0) for group in range(count)]
    found = Counter(zip([row[2] for row in rows], _draw(rows, seed), strict=True))
    for label in (0, 1):
        total = sum(row[2] == label for row in rows)
        for split in SPLITS:
            assert abs(found[label, split] - SHARES[split] * total) <= 1


@given(ROWS, st.integers(0, 5))
def test_every_class_is_trained_on(rows: list[Row], seed: int) -> None:
    drawn = zip(rows, _draw(rows, seed), strict=True)
    trained = {(task, label) for (_, task, label), split in drawn if split == "train"}
    assert trained == {(task, label) for _, task, label in rows}


def test_a_class_with_a_single_group_is_trained_on() -> None:
    rows: list[Row] = [(group, "A", 0) for group in range(20)] + [(20, "A", 1)]
    assert _draw(rows)[-1] == "train"


def test_another_seed_draws_another_split() -> None:
    rows: list[Row] = [(group, "A", 0) for group in range(50)]
    assert _draw(rows, 1) != _draw(rows, 2)
