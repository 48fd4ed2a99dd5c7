import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tasks.leakage import (
    NEAR_DUPLICATE,
    SAME_OWNER,
    SAME_PICTURE,
    describe_groups,
    describe_leaks,
    describe_links,
    find_links,
    groups_across_splits,
    leaked_rows,
)

SPLITS = st.sampled_from(["train", "val", "test"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from("pqrst"), st.sampled_from(["", "c", "d"]), st.sampled_from("AB"), SPLITS
    ),
    min_size=2,
    max_size=12,
)
PAIRS = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=5)


def _frame(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["image_sha256", "clip", "task", "split"])
    return frame.assign(sample=frame.index.astype(str))


def test_leaks_are_counted_by_hand() -> None:
    groups = pd.Series(["a", "a", "b", "c", "c", "c"])
    splits = pd.Series(["train", "test", "test", "train", "test", "val"])
    assert leaked_rows(groups, splits).tolist() == [True, False, True]
    assert groups_across_splits(groups, splits) == 2


@settings(deadline=None, max_examples=30)
@given(ROWS, PAIRS)
def test_links_are_those_found_by_comparing_all_rows(
    rows: list[tuple[str, str, str, str]], pairs: set[tuple[int, int]]
) -> None:
    """Independent: sets of rows, put together by plain loops."""
    frame = _frame(rows)
    first = {picture: place for place, (picture, *_) in reversed(list(enumerate(rows)))}
    copies = sorted(
        {
            (first[rows[i][0]], first[rows[j][0]])
            for i, j in pairs
            if max(i, j) < len(rows) and rows[i][0] < rows[j][0]
        }
    )
    links = find_links(frame, ["clip"], np.array(copies, np.int64).reshape(-1, 2))
    found: dict[str, set[frozenset[int]]] = {
        kind: set() for kind in (SAME_PICTURE, SAME_OWNER, NEAR_DUPLICATE)
    }
    for (kind, _), part in links.groupby(["kind", "link"]):
        found[str(kind)].add(frozenset(part["row"]))
    by_picture = {name: {i for i, row in enumerate(rows) if row[0] == name} for name in "pqrst"}
    by_clip = {name: {i for i, row in enumerate(rows) if row[1] == name} for name in "cd"}
    assert found[SAME_PICTURE] == {frozenset(s) for s in by_picture.values() if len(s) > 1}
    assert found[SAME_OWNER] == {
        frozenset(s) for s in by_clip.values() if len({rows[i][0] for i in s}) > 1
    }
    assert found[NEAR_DUPLICATE] == {
        frozenset(by_picture[rows[i][0]] | by_picture[rows[j][0]]) for i, j in copies
    }
    told = describe_links(links, frame, frame["split"])
    for kind, sets in found.items():
        assert told[kind]["links"] == len(sets)
        assert told[kind]["rows"] == len(set().union(*sets))
        for name, column in (("across_tasks", 2), ("across_splits", 3)):
            across = sum(len({rows[i][column] for i in members}) > 1 for members in sets)
            assert told[kind][name] == across
        leaked = {
            row
            for members in sets
            for row in members
            if rows[row][3] == "test" and "train" in {rows[i][3] for i in members}
        }
        tests = sum(row[3] == "test" for row in rows)
        assert told[kind]["test_rows_leaked_by_image"] == len(leaked) / max(1, tests)


def test_leaks_are_told_for_each_task_and_overall() -> None:
    rows = pd.DataFrame(
        {
            "task": ["A", "A", "A", "B", "B"],
            "image_sha256": list("pqrpq"),
            "group": ["g", "g", "h", "g", "g"],
            "split": ["train", "train", "test", "train", "train"],
        }
    )
    naive = pd.Series(["train", "test", "test", "val", "test"])
    assert describe_leaks(rows, naive) == {
        "split_by_group": 0.0,
        "split_by_image": 2 / 3,
        "split_by_image_of_task": {"A": 0.5, "B": 1.0},
    }
    assert describe_groups(rows) == {
        "groups": 2,
        "largest_group_rows": 4,
        "largest_group_images": 2,
        "largest_group_tasks": 2,
        "groups_across_splits": 0,
    }
