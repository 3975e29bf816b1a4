"""What people are told of queries, as lists."""

from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.choices import Role
from accounts.models import User
from acrime.iaq.choices import QueryState
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.iaq.worklist.models import WorkItem  # noqa: F401  # names the base


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    """Items about queries. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User) -> Self:
        """Those for *user*: their own, and a supervisor's of nobody in particular."""
        theirs = models.Q(recipient=user)
        if user.has_role(Role.SUPERVISOR):
            theirs |= models.Q(recipient__isnull=True)
        return self.filter(visibility(user, prefix="query__record__"), theirs)

    def waiting(self) -> Self:
        """Those that nobody has settled, of queries without an answer yet."""
        return self.filter(settled_at__isnull=True).exclude(query__state=QueryState.RELEASED)

    def in_order(self) -> Self:
        """Late ones first, then by age."""
        return self.select_related("query__record", "query__claimed_by", "made_by").order_by(
            models.Case(
                models.When(kind="LATE", then=0), models.When(kind="DUE_SOON", then=1), default=2
            ),
            "made_at",
            "pk",
        )
