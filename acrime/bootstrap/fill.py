"""Brings the portal's database up to date: tables, notice, demonstration data.

Run with the virtual environment's Python, as a process of its own: this is the one module here
that needs Django. The commands share one process because starting Django takes longer than they
do once there is nothing left for them to do.
"""

import os
import sys
import traceback
from contextlib import redirect_stderr
from pathlib import Path

import django
from django.core.management import call_command

from acrime.bootstrap.report import say, step

STEPS: tuple[tuple[str, str, list[str]], ...] = (
    ("Database tables", "migrate", ["--no-input"]),
    ("Ledger of the coming months", "prepare_ledger", []),
    ("System of records notice", "load_notice", ["--all"]),
    ("Programs and their rules", "load_programs", []),
    ("Index of people", "index_individuals", ["--if-needed"]),
    ("Demonstration data", "seed_demo", ["--if-empty"]),
)


def fill(*, log: Path, accounts: Path, role: str) -> int:
    """Run the steps and return the exit code.

    Args:
        role: the database role that the portal runs under; empty where it is the owner itself.
        log: takes what the commands print.
        accounts: takes the table of demonstration accounts, for showing it later.
    """
    name = "check"
    with log.open("a", encoding="utf-8") as output, redirect_stderr(output):
        try:
            django.setup()
            migrate, *others = STEPS
            grant = [("The portal's database role", "grant_role", [role])] if role else []
            for title, name, options in (migrate, *grant, *others):
                with step(title):
                    call_command(name, *options, stdout=output, stderr=output)
            name = "demo_accounts"
            with accounts.open("w", encoding="utf-8") as table:
                call_command(name, stdout=table, stderr=output)
        except KeyboardInterrupt:
            return 130
        except Exception as error:  # noqa: BLE001  # told here whatever it is; the log has all of it
            traceback.print_exc()
            say(f"\nmanage.py {name} failed: {error}\n  The log: {log}")
            return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acrime.config.settings")
    sys.exit(fill(log=Path(sys.argv[1]), accounts=Path(sys.argv[2]), role=sys.argv[3]))
