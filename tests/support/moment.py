"""When the tests take place."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""Friday, 20 November 2026, ten in the morning in Washington: noon somewhere."""
