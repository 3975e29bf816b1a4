#!/usr/bin/env python3
"""Run a management command of the portal."""

import os
import sys

# What changes tables, grants or frozen rows is done by their owner, who is not the portal.
OWNERS_COMMANDS = {"migrate", "grant_role", "rotate_sealing_keys"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acrime.config.settings")
    if OWNERS_COMMANDS & set(sys.argv[1:2]):
        os.environ["ACRIME_AS_OWNER"] = "1"
    try:
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ImportError:
        sys.exit("Django is not installed here. Run `make run` once, then use .venv/bin/python.")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        # Without a state from the server there was no server to give one.
        if getattr(error.__cause__, "sqlstate", None):
            raise
        sys.exit(
            "The database does not answer. Locally it runs while `make run` does; "
            "elsewhere look at DATABASE_URL."
        )


if __name__ == "__main__":
    main()
