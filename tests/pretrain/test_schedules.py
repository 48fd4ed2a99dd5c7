"""Schedules: their ends and their direction."""

import pytest

from pipeline.pretrain.schedules import cosine, ramp, warm_cosine


def test_cosine_runs_from_start_to_end() -> None:
    values = [cosine(step, 11, 0.99, 1.0) for step in range(11)]
    assert values[0] == pytest.approx(0.99)
    assert values[5] == pytest.approx(0.995)
    assert values[-1] == pytest.approx(1.0)
    assert values == sorted(values)


def test_warm_cosine_rises_then_falls() -> None:
    values = [warm_cosine(step, 20, 5, 1.0, 0.1) for step in range(20)]
    assert values[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert values[5:] == sorted(values[5:], reverse=True)
    assert values[-1] == pytest.approx(0.1)


def test_warm_cosine_without_warm_up_starts_at_its_peak() -> None:
    assert warm_cosine(0, 20, 0, 1.0, 0.1) == pytest.approx(1.0)


def test_ramp_stays_at_its_end() -> None:
    assert [ramp(step, 4, 0.0, 1.0) for step in (0, 2, 4, 9)] == [0, 0.5, 1, 1]
