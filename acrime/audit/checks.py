"""What ``manage.py check --deploy`` says about the ledger."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError, InterfaceError

from acrime.audit.watch import portal_owns_the_ledger


@register(Tags.security, deploy=True)
def the_portal_owns_nothing(**_: Any) -> list[CheckMessage]:
    """The role of DATABASE_URL may not be able to change the ledger's tables."""
    try:
        owns = portal_owns_the_ledger()
    except (DatabaseError, InterfaceError):
        return []
    if not owns:
        return []
    return [
        Warning(
            "The portal connects to the database as a superuser or as the tables' owner, who "
            "could take the ledger's triggers off.",
            hint="Make a role, run manage.py grant_role for it, and put it into DATABASE_URL.",
            id="acrime.W001",
        )
    ]
