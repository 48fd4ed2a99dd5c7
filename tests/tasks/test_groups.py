from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tasks.groups import group_rows

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=25)


def _digest(number: int) -> str:
    return f"{number:064x}"[::-1]


def _groups(rows: list[tuple[int, int]]) -> list[str]:
    return group_rows([_digest(image) for image, _ in rows], [f"clip{clip}" for _, clip in rows])


def _linked(rows: list[tuple[int, int]], some: set[int], others: set[int]) -> bool:
    pairs = ((rows[i], rows[j]) for i in some for j in others)
    return any(first[0] == second[0] or first[1] == second[1] for first, second in pairs)


def _merged(rows: list[tuple[int, int]]) -> list[set[int]]:
    """Put one row after the other into the sets, joining those that it links."""
    sets: list[set[int]] = []
    for index in range(len(rows)):
        joined = [found for found in sets if _linked(rows, {index}, found)]
        sets = [found for found in sets if found not in joined]
        sets.append({index}.union(*joined))
    return sets


@given(ROWS)
def test_groups_are_the_closure_over_shared_images_and_clips(rows: list[tuple[int, int]]) -> None:
    groups = _groups(rows)
    found: dict[str, set[int]] = {}
    for index, group in enumerate(groups):
        found.setdefault(group, set()).add(index)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, _merged(rows)))


@given(ROWS, st.randoms())
def test_group_names_do_not_depend_on_the_order(
    rows: list[tuple[int, int]], random: Random
) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = _groups([rows[index] for index in order])
    assert shuffled == [_groups(rows)[index] for index in order]
