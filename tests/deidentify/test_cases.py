"""Sums over the ledger and the few cases of the page, against the same by pandas."""

import json
import random
from typing import Any

import pandas as pd

from pipeline.deidentify.cases import PICTURES, Cases, action_counts

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


def test_the_same_seed_chooses_the_same_cleaned_cases() -> None:
    first, again, other = (list(cases().chosen(seed).values()) for seed in (1, 1, 2))
    assert first == again
    assert first[0] != other[0]
    assert first[1] == other[1]
    assert all(len(group) == PICTURES and group.keys() <= set(CLEANED.instance) for group in first)


def test_the_worst_cases_lost_most() -> None:
    order, falling = ["text_boxes", "blanked_share", "instance"], [False, False, True]
    worst = CLEANED.sort_values(order, ascending=falling).instance.head(PICTURES)
    assert list(list(cases().chosen(1).values())[1]) == list(worst)


def test_few_instances_are_all_shown() -> None:
    drawn, worst = cases(ROWS[:3]).chosen(1).values()
    assert drawn.keys() == worst.keys() == {one["instance"] for one in ROWS[:3]}
    assert [len(group) for group in cases([]).chosen(1).values()] == [0, 0]


def test_actions_are_counted_over_all_instances() -> None:
    (counted,) = cases().actions()
    times = [json.loads(text)["PatientName:Z"] for text in CLEANED.actions]
    assert counted == {"name": "PatientName", "action": "Z", "times": sum(times)}


def test_actions_of_many_kinds_are_added_up_and_sorted() -> None:
    texts = [json.dumps({"StudyDate:C": 2, f"Attribute{n}:X": 1}) for n in range(3000)]
    counted = action_counts([*texts, *texts])
    assert counted[0] == {"name": "StudyDate", "action": "C", "times": 12_000}
    # Equally frequent ones by name and action, as the ledger writes them.
    named = sorted(f"Attribute{n}:X" for n in range(3000))
    assert [f"{one['name']}:{one['action']}" for one in counted[1:]] == named
    assert {one["times"] for one in counted[1:]} == {2}


def test_a_caption_tells_what_was_done_and_what_is_in_doubt() -> None:
    one, other = (ROWS[number]["instance"] for number in (0, 1))
    told = cases().captions({one, other}, {one: "to review: it"})
    assert told.keys() == {one, other}
    assert told[one].endswith("lines of text painted over; to review: it")
    assert told[other].endswith("lines of text painted over")
