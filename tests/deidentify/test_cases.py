"""Sums over the ledger and the few cases of the page, against the same by pandas."""

import json
import random
from itertools import chain
from typing import Any

import pandas as pd
import pytest

from pipeline.deidentify.cases import LISTED, PICTURES, Cases, action_counts

Row = dict[str, Any]
NUMBER = 60


def row(number: int) -> Row:
    draw = random.Random(number)
    return {
        "instance": f"{number:032x}",
        "patient": f"{number // 7}",
        "reason": "changed" if number % 9 == 4 else "",
        "frames": draw.randrange(1, 9),
        "text_boxes": draw.randrange(4),
        "blanked_share": draw.randrange(5) / 5,
        "sector_basis": "regions",
        "actions": json.dumps({"PatientName:Z": draw.randrange(1, 3)}),
        # Every tenth has the pixels of the one before it.
        "pixels_sha256": f"{number - (number % 10 == 9):064x}",
        "chain": f"link {number}",
    }


ROWS = [row(number) for number in range(NUMBER)]
LEDGER = pd.DataFrame(ROWS)
CLEANED = LEDGER[LEDGER.reason == ""]


def cases(rows: list[Row] = ROWS) -> Cases:
    return Cases(lambda: rows)


def test_sums_are_of_the_cleaned_instances() -> None:
    found = cases()
    assert found.instances == len(CLEANED)
    assert found.frames == CLEANED.frames.sum()
    assert found.patients == CLEANED.patient.nunique()
    assert found.reasons == {"changed": NUMBER - len(CLEANED)}
    assert found.head == f"link {NUMBER - 1}"


def test_what_was_refused_is_listed_with_its_reason() -> None:
    told = [(one["instance"], one["reason"]) for one in cases().refused()]
    refused = LEDGER[LEDGER.reason != ""]
    assert told == list(zip(refused.instance, refused.reason, strict=True))
    many = [ROWS[4] | {"instance": f"{number:032x}"} for number in range(LISTED + 1)]
    assert len(cases(many).refused()) == LISTED


def test_the_same_seed_chooses_the_same_cleaned_cases() -> None:
    first, again, other = (list(cases().chosen(seed).values()) for seed in (1, 1, 2))
    assert first == again
    assert first[0] != other[0]
    assert first[1] == other[1]
    assert len(first[0]) == PICTURES
    assert all(group.keys() <= set(CLEANED.instance) for group in first)


def test_the_worst_cases_lost_most_and_are_of_other_pixels() -> None:
    order, falling = ["text_boxes", "blanked_share", "instance"], [False, False, True]
    ranked = CLEANED.sort_values(order, ascending=falling)
    worst = ranked.drop_duplicates("pixels_sha256").head(PICTURES)
    found = list(cases().chosen(1).values())[1]
    assert [figure.instance for figure in cases().figures(found)] == list(worst.instance)
    # With each case come its copies, however little the cleaner took from them.
    assert found.keys() == set(CLEANED[CLEANED.pixels_sha256.isin(worst.pixels_sha256)].instance)
    assert len(found) > PICTURES


def test_few_instances_are_all_shown() -> None:
    drawn, worst = cases(ROWS[:3]).chosen(1).values()
    assert drawn.keys() == worst.keys() == {one["instance"] for one in ROWS[:3]}
    assert [len(group) for group in cases([]).chosen(1).values()] == [0, 0]


def test_equal_pictures_are_shown_once_with_all_their_ids() -> None:
    first, copy, other = (ROWS[number]["instance"] for number in (8, 9, 10))
    one, two = cases().figures({copy: 0, other: 0, first: 0})
    assert (one.instance, two.instance) == (copy, other)
    assert sorted(chain.from_iterable(one.told.values())) == [first, copy]
    assert list(two.told.values()) == [[other]]
    # Another frame is another picture.
    assert len(cases().figures({copy: 0, first: 1})) == 2


def test_actions_are_counted_over_all_instances() -> None:
    (counted,) = cases().actions()
    times = [json.loads(text)["PatientName:Z"] for text in CLEANED.actions]
    assert counted == {"name": "PatientName", "action": "Z", "times": sum(times)}


def test_actions_of_many_kinds_are_added_up_and_sorted() -> None:
    texts = [json.dumps({"StudyDate:C": 2, f"Attribute{n}:X": 1}) for n in range(3000)]
    counted = action_counts([*texts, *texts])
    assert counted[0] == {"name": "StudyDate", "action": "C", "times": 12_000}
    assert [one["name"] for one in counted[1:]] == sorted(f"Attribute{n}" for n in range(3000))
    assert {one["times"] for one in counted[1:]} == {2}


def test_private_attributes_are_counted_together() -> None:
    texts = [json.dumps({"00191001:X": 2, "00191002:X": 3, "00191002:C": 1, "00081301:C": 4})]
    assert [(one["action"], one["times"]) for one in action_counts(texts)] == [
        ("X", 5),
        ("C", 4),
        ("C", 1),
    ]
    assert "Principal Diagnosis Code Sequence" in action_counts(texts)[1]["name"]


@pytest.mark.parametrize(("lines", "told"), [(0, "0 lines"), (1, "1 line"), (10.0, "10 lines")])
def test_a_caption_tells_what_was_done_and_what_is_in_doubt(lines: float, told: str) -> None:
    row = ROWS[0] | {"text_boxes": lines, "blanked_share": 0.256}
    (figure,) = cases([row]).figures({row["instance"]: 3}, {row["instance"]: "to review: it"})
    (text,) = figure.told
    assert text == (
        f"sector regions, 26% made black, {told} of text painted over; to review: it; "
        "frame 3 is shown"
    )
