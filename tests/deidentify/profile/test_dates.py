from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.profile.dates import (
    offset_days,
    shift,
    shift_date,
    shift_datetime,
    valid_time,
)

KEY = bytes(range(32))
MOST = 1825
DAYS = st.integers(-MOST, MOST).filter(bool)
# Far enough from the ends of the calendar for any shift.
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def test_the_offset_is_the_patients_own_keyed_and_never_zero() -> None:
    offsets = [offset_days(KEY, f"{number:032x}", 365) for number in range(9000)]
    assert offsets == [offset_days(KEY, f"{number:032x}", 365) for number in range(9000)]
    assert offsets != [offset_days(bytes(32), f"{number:032x}", 365) for number in range(9000)]
    assert set(offsets) == set(range(-365, 366)) - {0}
    # Uniform: the mean of 9000 draws lies within four standard errors of 0.
    assert abs(sum(offsets) / 9000) < 4 * 211 / 9000**0.5


@given(first=DATES, second=DATES, days=DAYS)
def test_intervals_between_dates_are_exact(first: date, second: date, days: int) -> None:
    shifted = [shift_date(f"{day:%Y%m%d}", days) for day in (first, second)]
    one, other = (datetime.strptime(str(text), "%Y%m%d").date() for text in shifted)
    assert other - one == second - first
    assert one - first == timedelta(days=days)


@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), days=DAYS)
def test_a_date_and_its_time_move_together_across_midnight(moment: datetime, days: int) -> None:
    text = f"{moment:%Y%m%d%H%M%S.%f}"
    both = str(shift_date(text[:8], days)) + str(valid_time(text[8:]))
    assert both == shift_datetime(text, days)
    expected = moment + timedelta(days=days)
    assert both == f"{expected:%Y%m%d%H%M%S.%f}"


@pytest.mark.parametrize(
    ("vr", "text", "days", "expected"),
    [
        ("DA", "20200229", 365, "20210228"),
        ("DA", "20190228", 366, "20200229"),
        ("DA", "1994.01.31", 1, "19940201"),
        ("DA", "20190101-20190201", -1, "20181231-20190131"),
        ("DA", "-20190101", 1, "-20190102"),
        ("DT", "2019", 200, "2019"),
        ("DT", "201907", 40, "201908"),
        ("DT", "2019073123", 1, "2019080123"),
        ("DT", "20190731235959.999999+0100", 1, "20190801235959.999999+0100"),
        ("DT", "20190731-0500", 1, "20190801-0500"),
        ("DT", "20190101-20190201", 1, "20190102-20190202"),
        ("TM", "235959.5", 7, "235959.5"),
        ("TM", "10:11:12", 7, "101112"),
    ],
)
def test_forms_of_dates_and_times(vr: str, text: str, days: int, expected: str) -> None:
    assert shift(vr, text, days) == expected


@pytest.mark.parametrize(
    ("vr", "text"),
    [
        ("DA", "2019-13-45"), ("DA", "20191345"), ("DA", "20190229"), ("DA", "201907"),
        ("DA", "Mueller"), ("DA", "-"), ("DA", "99991231"), ("DA", "00000000"),
        ("DT", "201913"), ("DT", "20190101990000"), ("DT", "201901012359MUE"),
        ("TM", "240000"), ("TM", "1260"), ("TM", "noon"), ("TM", "101112.1234567"),
    ],
)  # fmt: skip
def test_what_is_no_date_or_time_has_no_shifted_form(vr: str, text: str) -> None:
    assert shift(vr, text, 400) is None


@given(vr=st.sampled_from(["DA", "DT", "TM"]), text=st.text(max_size=30), days=DAYS)
def test_no_text_raises(vr: str, text: str, days: int) -> None:
    shift(vr, text, days)
