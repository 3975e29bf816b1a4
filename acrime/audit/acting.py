"""Under whose name the readable change history notes what changes.

django-auditlog keeps the actor in a place of its own, which it overwrites where two
blocks lie in each other and never tidies up. Everybody here goes through these functions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from auditlog.context import auditlog_value, set_extra_data

if TYPE_CHECKING:
    from accounts.models import User


@contextmanager
def acting_as(actor: "User | None") -> Iterator[None]:
    """What changes in the block is noted as *actor*'s; None stands for the portal itself.

    Blocks may lie in each other: after the inner one the outer actor acts again.
    """
    # A new dict, because the library keeps and changes the one that it is given. The address
    # of the actor's mail and of the network are no business of the history.
    known: dict[str, Any] = {
        "actor": actor,
        "actor_email": None,
        "remote_addr": None,
        "remote_port": None,
    }
    before = auditlog_value.set({})
    try:
        with set_extra_data(known):
            yield
    finally:
        auditlog_value.reset(before)


def found_to_be(actor: "User") -> None:
    """Who acts in the present block became known only now, by a token for instance."""
    auditlog_value.get({})["actor"] = actor
