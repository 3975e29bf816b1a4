"""How names, dates of birth and addresses are written. Pure."""

from calendar import month_abbr


def full_name(last: str, first: str, middle: str = "", suffix: str = "") -> str:
    """``LAST, FIRST MIDDLE SUFFIX``."""
    given = " ".join(part for part in (first, middle, suffix) if part)
    return f"{last}, {given}" if given else last


def date_written(year: int, month: int | None, day: int | None) -> str:
    """``1979-04-15``, or as much of it as is known."""
    parts = (f"{year:04}", month and f"{month:02}", day and f"{day:02}")
    return "-".join(str(part) for part in parts if part)


def date_shown(year: int, month: int | None, day: int | None) -> str:
    """``Apr 15, 1979``, or as much of it as is known."""
    if month is None:
        return str(year)
    if day is None:
        return f"{month_abbr[month]} {year}"
    return f"{month_abbr[month]} {day}, {year}"


def address_line(street: str, city: str, region: str, postal_code: str, country: str) -> str:
    """An address in one line."""
    town = " ".join(part for part in (region, postal_code) if part)
    return ", ".join(part for part in (street, city, town, country) if part)
