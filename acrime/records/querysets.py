"""The door to records: what somebody may see."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.models import SupervisionLink, User
from acrime.records.policy import readable_kinds, sees_limited

if TYPE_CHECKING:
    from acrime.records.models import Record  # noqa: F401  # names the base


class RecordQuerySet(models.QuerySet["Record"]):
    """Records. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The records that *user* may see."""
        return self.filter(visibility(user))


def visibility(user: User | AnonymousUser, *, prefix: str = "") -> Q:
    """The one predicate, for records or (with *prefix* ``record__``) for their contents.

    Owner, creator and the chains above both always see a record of theirs. There are
    no deny rows, so nothing can exclude a supervisor. The branches are uncorrelated
    ``IN`` subqueries, hashed once a query.
    """
    nothing = Q(**{f"{prefix}pk__in": []})
    if not isinstance(user, User) or not user.is_active or not user.roles:
        return nothing
    kinds = readable_kinds(user.roles)
    if not kinds:
        return nothing

    def field(name: str, value: object) -> Q:
        return Q(**{f"{prefix}{name}": value})

    of_my_kinds = field("kind__in", sorted(kinds))
    if sees_limited(user.roles):
        return of_my_kinds
    below = SupervisionLink.objects.filter(supervisor=user).values("subordinate_id")
    allowed = _allow_list(user)
    mine = (
        field("owner", user)
        | field("creator", user)
        | field("owner__in", below)
        | field("creator__in", below)
    )
    return of_my_kinds & (field("limited", False) | mine | field("pk__in", allowed))


def _allow_list(user: User) -> "models.QuerySet[models.Model, dict[str, int]]":
    from acrime.records.models import RecordAllowedUser

    return RecordAllowedUser.objects.filter(user=user).values("content_object_id")
