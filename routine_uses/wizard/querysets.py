"""Reads: one's drafts, and refused disclosures."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.common.errors import NotThere
from routine_uses import events
from routine_uses.models import DisclosureDraft, RefusalReview
from routine_uses.wizard.choices import DraftState

LOOKED_BACK = timedelta(days=90)


def drafts_of(user: User) -> "QuerySet[DisclosureDraft]":
    """The drafts that *user* prepares, last changed first."""
    return (
        DisclosureDraft.objects.filter(author=user, state=DraftState.OPEN)
        .select_related("recipient")
        .order_by("-changed_at", "-pk")
    )


def draft_of(user: User, key: str) -> DisclosureDraft:
    """The draft *key*, whatever became of it.

    Raises:
        NotThere: there is none, or it is somebody else's.
    """
    found = (
        DisclosureDraft.objects.filter(author=user, key=key)
        .select_related("recipient", "disclosure", "series__recipient")
        .first()
    )
    if found is None:
        raise NotThere
    return found


def refusals(*, at: datetime) -> "QuerySet[AuditEvent]":
    """Refused disclosures of the last ninety days, newest first."""
    return (
        AuditEvent.objects.filter(
            kind=events.DISCLOSURE_REFUSED,
            outcome=Outcome.REFUSED,
            occurred_at__gt=at - LOOKED_BACK,
        )
        .select_related("actor")
        .order_by("-occurred_at", "-pk")
    )


def open_refusals(*, at: datetime) -> "QuerySet[AuditEvent]":
    """Those that nobody of the privacy office has looked into."""
    return refusals(at=at).exclude(pk__in=RefusalReview.objects.values("event_id"))
