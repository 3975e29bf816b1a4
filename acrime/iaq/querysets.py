"""Queries as lists."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.choices import OVERSIGHT, Role
from accounts.models import SupervisionLink, User
from acrime.iaq.choices import MESSAGES_WAITING, DeterminationState, QueryState
from acrime.iaq.layouts.ebts import controls_of
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.iaq.models import (  # noqa: F401  # names the bases
        Determination,
        InboundMessage,
        ResearchStep,
        StatusQuery,
    )


class QueryQuerySet(models.QuerySet["StatusQuery"]):
    """Queries. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The queries that *user* may see."""
        return self.filter(visibility(user, prefix="record__"))

    def open(self) -> Self:
        """Queries without an answer yet."""
        return self.exclude(state=QueryState.RELEASED)

    def to_review_by(self, user: User) -> Self:
        """Those whose determination waits for a second person, who may be *user*."""
        from acrime.iaq.models import Determination

        confirmed = Determination.objects.filter(
            state=DeterminationState.SUBMITTED, first_reviewer__isnull=False
        )
        # The further review is a supervisor's who did not give the first.
        if user.has_role(Role.SUPERVISOR):
            confirmed = confirmed.filter(first_reviewer=user)
        waiting = (
            self.filter(state=QueryState.IN_REVIEW)
            .exclude(claimed_by=user)
            .exclude(pk__in=confirmed.values("query_id"))
        )
        if sees_all_drafts(user):
            return waiting
        drafts = Determination.objects.visible_to(user).filter(state=DeterminationState.SUBMITTED)
        return waiting.filter(pk__in=drafts.values("query_id"))

    def by_urgency(self) -> Self:
        """Level, custody, clock: the gravest first, then who is held, then first due first."""
        return self.select_related("record", "claimed_by").order_by("urgency", "due_at", "pk")

    def newest(self) -> Self:
        """Latest received first."""
        return self.select_related("record", "claimed_by").order_by("-received_at", "-pk")


# Sees the drafts of every query that they see: reviewers, and oversight.
SEES_DRAFTS = OVERSIGHT | {Role.SUPERVISOR}

# Research is confirmed with the determination that rests on it.
CONFIRMED = (QueryState.APPROVED, QueryState.RELEASED)

# What a second person agreed to, also where an amendment takes its place.
AGREED = (DeterminationState.APPROVED, DeterminationState.SUPERSEDED)


class ResearchQuerySet(models.QuerySet["ResearchStep"]):
    """Research steps. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The steps that *user* may see: of queries that they see, drafts only if theirs."""
        return self.filter(
            visibility(user, prefix="query__record__"),
            _no_draft_or_theirs(
                user,
                confirmed=models.Q(query__state__in=CONFIRMED)
                | models.Q(written_at__lte=models.F("query__answered_at")),
            ),
        )


class DeterminationQuerySet(models.QuerySet["Determination"]):
    """Determinations. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The determinations that *user* may see: approved ones, drafts only if theirs."""
        return self.filter(
            visibility(user, prefix="query__record__"),
            _no_draft_or_theirs(user, confirmed=models.Q(state__in=AGREED)),
        )


def sees_all_drafts(user: User | AnonymousUser) -> bool:
    """Whether *user* sees the drafts of every query that they see."""
    return isinstance(user, User) and user.has_role(*SEES_DRAFTS)


def sees_drafts_of(query: "StatusQuery", user: User) -> bool:
    """Whether *user* sees whatever was drafted for *query*, which they see."""
    holders = {query.claimed_by_id, query.record.owner_id}
    return (
        sees_all_drafts(user)
        or user.pk in holders
        or SupervisionLink.objects.filter(
            supervisor=user, subordinate__in=holders - {None}
        ).exists()
    )


def _no_draft_or_theirs(user: User | AnonymousUser, *, confirmed: models.Q) -> models.Q:
    """What is confirmed, and drafts of *user*'s own or of somebody below.

    A draft is its author's and the query's present owner's and worker's, and the chains'
    above them.
    """
    if not isinstance(user, User):
        return confirmed
    if sees_all_drafts(user):
        return models.Q()
    below = SupervisionLink.objects.filter(supervisor=user).values("subordinate_id")
    theirs = confirmed
    for name in ("author", "query__claimed_by", "query__record__owner"):
        theirs |= models.Q(**{name: user}) | models.Q(**{f"{name}__in": below})
    return theirs


# Who settles messages that could not be read, and who may look on.
DESK_ROLES = frozenset({Role.ANALYST, Role.SUPERVISOR})
DESK_READERS = DESK_ROLES | OVERSIGHT | {Role.PRIVACY_OFFICER}


def desk_messages(user: User) -> "models.QuerySet[InboundMessage]":
    """Messages that wait for a person, oldest first. They wear no envelope yet."""
    return (
        _readable_messages(user)
        .filter(state__in=sorted(MESSAGES_WAITING))
        .order_by("received_at", "pk")
    )


def desk_message(user: User, number: str) -> "InboundMessage | None":
    """The message with *number* that could not be read, waiting or settled."""
    return (
        _readable_messages(user)
        .filter(query__isnull=True, number=number)
        .select_related("received_by", "settled_by", "corrects")
        .first()
    )


def _readable_messages(user: User) -> "models.QuerySet[InboundMessage]":
    from acrime.iaq.models import InboundMessage

    everything = InboundMessage.objects.all()
    return everything if user.has_role(*DESK_READERS) else everything.none()


def answered_queries(user: User, original: bytes) -> "list[StatusQuery]":
    """The queries that a reply on the desk answers, as far as *user* sees them."""
    from acrime.iaq.models import StatusQuery

    controls = controls_of(original)
    if not controls:
        return []
    found = StatusQuery.objects.visible_to(user).filter(transaction_number__in=controls)
    return list(found.newest()[:5])
