"""The charts of a report: what is written at their axis."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from bot.web.charts import Series, line

FIRST = date(2026, 1, 1)


def days(*ahead: int) -> list[str]:
    """Draw one point for each number of days after the first; give the days at the axis."""
    series = Series([FIRST + timedelta(days=each) for each in ahead], [1] * len(ahead))
    drawn = line(series, "findings")
    return re.findall(r">(\d\d \w{3})<", drawn)


def test_axis_names_the_first_day_the_last_and_one_between() -> None:
    assert days(0, 10, 20) == ["01 Jan", "11 Jan", "21 Jan"]


def test_day_between_is_the_one_in_the_middle_of_the_time() -> None:
    assert days(0, 100, 198, 199, 200) == ["01 Jan", "11 Apr", "20 Jul"]


@pytest.mark.parametrize("ahead", [(0, 1, 30), (0, 28, 29, 30), (0, 30)])
def test_day_beside_an_end_is_not_named(ahead: tuple[int, ...]) -> None:
    assert days(*ahead) == ["01 Jan", "31 Jan"]
