"""The portal's own time: that of Washington, by which its days begin and end."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def portal_day(at: datetime) -> date:
    """The day it is in Washington at that moment. What lasts until a day lasts to its midnight."""
    return at.astimezone(EASTERN).date()
