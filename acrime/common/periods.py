"""Periods of whole years, reckoned once for everybody. Pure. See decision 0026."""

from datetime import date, timedelta


def years_after(day: date, years: int) -> date:
    """The last day of a period of *years* that begins with an event on *day*.

    The day of the event is not counted. A period from 29 February ends on 1 March where the
    last year has no 29th: never a day short.

    Raises:
        OverflowError: the calendar ends before the period.
    """
    year = day.year + years
    if year > date.max.year:
        raise OverflowError("The calendar ends before the period.")
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def first_day_over(day: date, years: int) -> date:
    """The first day on which a period of *years* after *day* is over: the one after its last."""
    return years_after(day, years) + timedelta(days=1)
