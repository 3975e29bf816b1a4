"""How approvals are found."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from routine_uses.approvals.choices import ApprovalState
from routine_uses.approvals.policy import DISCLOSERS, SEE_ALL, kinds_decided_by
from routine_uses.visibility import visible_record_ids

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from routine_uses.models import Approval  # noqa: F401 (the queryset's own model)


class ApprovalQuerySet(QuerySet["Approval"]):
    """Approvals as people may see them."""

    def visible_to(self, user: "User") -> Self:
        """The approvals that *user* may see.

        Privacy officers and oversight see all. Whoever asked, whoever may decide and
        whoever may disclose see those of whose records they see every one.
        """
        if user.has_role(*SEE_ALL):
            return self
        visible = visible_record_ids(user) if user.standing.enters else None
        if visible is None:
            return self.none()
        unseen = (
            apps.get_model("routine_uses", "ApprovedRecord")
            .objects.filter(approval=OuterRef("pk"))
            .exclude(record_id__in=visible)
        )
        theirs = Q(requested_by=user) | Q(kind__in=kinds_of(user))
        if user.has_role(*DISCLOSERS):
            theirs |= Q(kind__isnull=False)
        return self.filter(theirs).filter(~Exists(unseen))

    def to_decide(self, user: "User", *, at: "datetime") -> Self:
        """Those that wait for *user*: of the own roles' kinds, and not asked for by oneself."""
        return (
            self.visible_to(user)
            .filter(state=ApprovalState.WAITING, kind__in=kinds_of(user), expires_at__gt=at)
            .exclude(requested_by=user)
            .order_by("requested_at", "pk")
        )


def kinds_of(user: "User") -> frozenset[str]:
    """The kinds of approval that *user* decides."""
    chief = apps.get_model("routine_uses", "ChiefDesignation")
    is_chief = chief.objects.filter(person=user, ended_at=None).exists()
    return kinds_decided_by(user.roles if user.standing.enters else frozenset(), is_chief=is_chief)
