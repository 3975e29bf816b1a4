"""Working days of the federal government: no Saturday, no Sunday, no legal public holiday. Pure.

The eleven holidays of 5 U.S.C. 6103(a), on the days on which they are observed. Inauguration Day
(for employees of one area) and closings by executive order are no legal public holidays here.
"""

from datetime import date
from functools import cache

import holidays

_SATURDAY = 5


def legal_holiday(day: date) -> str:
    """The name of the legal public holiday observed on *day*, or nothing.

    Raises:
        ValueError: the holidays of that year are not known.
    """
    return _holidays(day.year).get(day, "")


def is_working_day(day: date) -> bool:
    """Whether *day* is neither Saturday nor Sunday nor a legal public holiday."""
    return day.weekday() < _SATURDAY and not legal_holiday(day)


@cache
def _holidays(year: int) -> dict[date, str]:
    """Those of one year; of a New Year's Day on a Saturday the Friday before is the old year's."""
    found = {day: str(name) for day, name in holidays.country_holidays("US", years=year).items()}
    if not found:
        raise ValueError(f"The legal public holidays of {year} are not known.")
    return found
