from random import Random

import networkx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tasks.groups import group_rows

Row = tuple[int, str, str, int]
ROWS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["", "clip1", "clip2", "clip3", "both"]),
        st.sampled_from(["", "", "patient1", "patient2", "both"]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=25,
)
PAIRS = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), max_size=4)


def _digest(number: int) -> str:
    return f"{number:064x}"[::-1]


def _groups(rows: list[Row], pairs: list[tuple[int, int]]) -> list[str]:
    images, clips, patients, ranks = zip(*rows, strict=True)
    copies = np.array([pair for pair in pairs if max(pair) < len(rows)], np.int64).reshape(-1, 2)
    return group_rows([_digest(image) for image in images], [clips, patients], copies, ranks)


def _reference(rows: list[Row], pairs: list[tuple[int, int]]) -> set[frozenset[int]]:
    """Return the connected components of networkx, from all pairs of rows that share something."""
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(rows)))
    graph.add_edges_from(pair for pair in pairs if max(pair) < len(rows))
    for one, first in enumerate(rows):
        for other, second in enumerate(rows):
            named = [a for a, b in zip(first[1:3], second[1:3], strict=True) if a == b != ""]
            if first[0] == second[0] or named:
                graph.add_edge(one, other)
    return {frozenset(found) for found in networkx.connected_components(graph)}


@settings(deadline=None, max_examples=50)
@given(ROWS, PAIRS)
def test_groups_are_the_connected_components_of_networkx(
    rows: list[Row], pairs: list[tuple[int, int]]
) -> None:
    found: dict[str, set[int]] = {}
    for index, group in enumerate(_groups(rows, pairs)):
        found.setdefault(group, set()).add(index)
    assert {frozenset(members) for members in found.values()} == _reference(rows, pairs)


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms())
def test_group_names_do_not_depend_on_the_order(rows: list[Row], random: Random) -> None:
    order = random.sample(range(len(rows)), len(rows))
    names = _groups(rows, [])
    assert _groups([rows[index] for index in order], []) == [names[index] for index in order]


@settings(deadline=None, max_examples=50)
@given(ROWS, ROWS)
def test_a_group_keeps_its_name_when_rows_of_a_later_task_join(
    rows: list[Row], later: list[Row]
) -> None:
    """Unless they join two groups: then one of the two names stays."""
    before = _groups(rows, [])
    after = _groups(rows + [(*row[:3], 9) for row in later], [])[: len(rows)]
    old_names: dict[str, set[str]] = {}
    for old, new in zip(before, after, strict=True):
        old_names.setdefault(new, set()).add(old)
    assert all(new in old for new, old in old_names.items())


def test_rows_without_patient_and_clip_stand_alone() -> None:
    rows = [(number, "", "", 0) for number in range(5)]
    assert len(set(_groups(rows, []))) == 5
