"""A database for one run, beside the portal's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

NAME = "acrime_bench_throw_away"


@contextmanager
def throw_away_database() -> Iterator[None]:
    """Create a database with the portal's tables, use it, and drop it.

    What a run that was killed left behind is dropped first. The portal's own database is
    not opened.
    """
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)
