"""manage.py grant_role NAME: give the portal's database role what it needs, and no more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acrime.audit.roles import RoleRefused, grant_role


class Command(BaseCommand):
    help = (
        "Give a role what the portal needs: reading and adding on ledgers, working on other "
        "tables, changing no table. Run as the tables' owner, after every migrate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="an existing role that owns nothing")

    def handle(self, *_: Any, name: str, **__: Any) -> None:
        try:
            granted = grant_role(name)
        except RoleRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            f"{name} may read and add on {', '.join(granted.ledgers)}, "
            f"and work on {granted.tables} other tables."
        )
