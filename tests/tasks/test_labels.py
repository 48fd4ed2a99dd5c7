import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Row
from pipeline.tasks.defects import Defect
from pipeline.tasks.labels import LabelRules, Size, box, class_index, points

TASKS = load_catalogue()
SIZE = Size(height=20, width=24)
KEEP = LabelRules("quarantine", "keep")
CONVERT = LabelRules("convert", "keep")
STRICT = LabelRules("quarantine", "quarantine")


def _row(**fields: object) -> Row:
    return Row("a.csv", 1, {name: str(value) for name, value in fields.items()})


def _box(*corners: object, rules: LabelRules = KEEP) -> tuple[float, ...]:
    names = ("x_min", "y_min", "x_max", "y_max")
    return box(_row(**dict(zip(names, corners, strict=True))), SIZE, rules)


def _points(*texts: str, rules: LabelRules = KEEP) -> tuple[tuple[float, float], ...]:
    row = _row(**{f"point_{number}_xy": text for number, text in enumerate(texts, start=1)})
    return points(row, TASKS["FUGC"], SIZE, rules)


def _reason(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(Defect) as caught:
        call(*arguments, **options)
    return caught.value.reason


@pytest.mark.parametrize("text", ["4", "4.0", " 4 ", "4e0"])
def test_a_class_is_a_whole_number_however_it_is_written(text: str) -> None:
    assert class_index(_row(mask=text), TASKS["organ_cls"]) == 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_label"),
        ("NaN", "no_label"),
        ("None", "no_label"),
        ("6", "class_out_of_range"),
        ("-1", "class_out_of_range"),
        ("1e300", "class_out_of_range"),
        ("1.5", "class_not_whole"),
        ("liver", "not_numeric"),
        ("inf", "not_numeric"),
        ("4;", "not_numeric"),
    ],
)
def test_what_is_no_class_has_its_reason(text: str, reason: str) -> None:
    assert _reason(class_index, _row(mask=text), TASKS["organ_cls"]) == reason


@pytest.mark.parametrize(
    ("corners", "reason"),
    [
        (("", "", "", ""), "no_label"),
        ((1, 2, "", 4), "box_incomplete"),
        ((1, 2, "x", 4), "not_numeric"),
        ((1, 2, "-inf", 4), "not_numeric"),
        ((5, 2, 3, 4), "box_reversed"),
        ((1, 9, 3, 4), "box_reversed"),
        ((3, 2, 3, 4), "box_empty"),
        ((1, 4, 3, 4.0), "box_empty"),
        ((1, 2, 24.5, 4), "box_outside"),
        ((1, -1, 3, 4), "box_outside"),
        ((0, 0.1, 0.5, 1.0), "normalised_coordinates"),
        ((0.1, 0.2, 0.95, 1.002), "normalised_coordinates"),
    ],
)
def test_what_is_no_box_has_its_reason(corners: tuple[object, ...], reason: str) -> None:
    assert _reason(_box, *corners) == reason


def test_the_whole_image_is_a_box_and_so_is_its_first_corner() -> None:
    assert _box(0, 0, 24, 20) == (0, 0, 24, 20)
    assert _box(0, 0, 1, "1.5") == (0, 0, 1, 1.5)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (("", ""), "no_label"),
        (("[0, 0]", "nan"), "no_label"),
        (("3, 4", "[1, 2]"), "landmark_malformed"),
        (("[3]", "[1, 2]"), "landmark_malformed"),
        (("{}", "[1, 2]"), "landmark_malformed"),
        (("[" * 100_000, "[1, 2]"), "landmark_malformed"),
        (('["a", 2]', "[1, 2]"), "not_numeric"),
        (("[null, 2]", "[1, 2]"), "not_numeric"),
        (("[true, 2]", "[1, 2]"), "not_numeric"),
        (("[[1], 2]", "[1, 2]"), "not_numeric"),
        (("[NaN, 2]", "[1, 2]"), "not_numeric"),
        (("[1, 21]", "[1, 2]"), "landmark_outside"),
        (("[-0.1, 2]", "[1, 2]"), "landmark_outside"),
        (("[0.5, 0.25]", "[0.75, 1.0]"), "normalised_coordinates"),
        (("[0.3, 0.4]", "[1.01, 0.7]"), "normalised_coordinates"),
        (("[0.5, 0.25]", ""), "normalised_coordinates"),
    ],
)
def test_what_are_no_landmarks_has_its_reason(texts: tuple[str, str], reason: str) -> None:
    assert _reason(_points, *texts) == reason


def test_a_missing_landmark_is_kept_as_the_challenge_writes_it_or_refused() -> None:
    for missing in ("", "NaN", "[0, 0]", "[0.0, 0]"):
        assert _points("[3, 4]", missing) == ((3.0, 4.0), (0.0, 0.0))
        assert _reason(_points, "[3, 4]", missing, rules=STRICT) == "landmark_missing"


share = st.floats(0, 1, allow_subnormal=False)


@given(share, share, share, share)
def test_a_converted_box_is_the_same_share_of_the_image(
    x0: float, y0: float, x1: float, y1: float
) -> None:
    (x0, x1), (y0, y1) = sorted((x0, x1)), sorted((y0, y1))
    if x1 - x0 < 1e-9 or y1 - y0 < 1e-9:
        return
    found = _box(x0, y0, x1, y1, rules=CONVERT)
    assert all(map(math.isclose, found, (x0 * 24, y0 * 20, x1 * 24, y1 * 20)))


@given(st.lists(st.tuples(share, share), min_size=2, max_size=2))
def test_converted_landmarks_keep_the_missing_ones(pairs: list[tuple[float, float]]) -> None:
    if not any(any(pair) for pair in pairs):
        return
    found = _points(*(json.dumps(pair) for pair in pairs), rules=CONVERT)
    assert found == tuple((x * 24, y * 20) for x, y in pairs)


@given(st.floats(1.06, 24), st.floats(0, 20), st.floats(0, 24), st.floats(0, 20))
def test_pixels_are_never_taken_for_shares(x: float, y: float, u: float, v: float) -> None:
    given_points = (f"[{x}, {y}]", f"[{u}, {v}]")
    assert _points(*given_points, rules=CONVERT) == _points(*given_points) == ((x, y), (u, v))
