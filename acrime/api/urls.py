"""Addresses of the API."""

from accounts.choices import Role
from accounts.guards import EVERY_ROLE, access, path
from acrime.api import (
    answer_views,
    center_views,
    detainer_views,
    hold_views,
    individual_views,
    ncic_views,
    program_views,
    record_views,
    retention_views,
    tip_views,
    views,
    worklist_views,
)
from acrime.calls.policy import READERS as CALL_READERS
from acrime.detainers.policy import READERS as DETAINER_READERS
from acrime.iaq.programs.actions import DECIDERS
from acrime.iaq.programs.urls import READERS as PROGRAM_READERS
from acrime.iaq.urls import READERS as QUERY_READERS
from acrime.iaq.working import WORKERS
from acrime.iar.urls import FIGURES
from acrime.ncic.hits.actions import RECEIVERS
from acrime.ncic.policy import READERS as NCIC_READERS
from acrime.records.policy import CHANGERS, READERS
from acrime.retention.holds.policy import READERS as HOLD_READERS
from acrime.tips.policy import READERS as TIP_READERS
from acrime.tips.policy import SENDERS as TIP_SENDERS

app_name = "api"

SENDERS = frozenset({Role.INTERFACE, Role.ANALYST, Role.SUPERVISOR})

urlpatterns = [
    path(
        "iaq/",
        views.QueryMessages.as_view(),
        name="iaq",
        access=access(read=SENDERS, write=SENDERS, api=True),
    ),
    path(
        "iaq/batch/",
        views.QueryMessageBatch.as_view(),
        name="iaq-batch",
        access=access(write=SENDERS, api=True),
    ),
    path(
        "iaq/worklist/",
        worklist_views.Worklist.as_view(),
        name="worklist",
        access=access(read=QUERY_READERS, api=True),
    ),
    path(
        "iaq/<str:number>/clock/",
        worklist_views.QueryClock.as_view(),
        name="query-clock",
        access=access(read=QUERY_READERS, api=True),
    ),
    path(
        "iaq/<str:number>/claim/",
        worklist_views.QueryClaim.as_view(),
        name="query-claim",
        access=access(write=WORKERS, api=True),
    ),
    path(
        "programs/",
        program_views.Programs.as_view(),
        name="programs",
        access=access(read=PROGRAM_READERS, api=True),
    ),
    path(
        "programs/undecided/",
        program_views.UndecidedQueries.as_view(),
        name="undecided-queries",
        access=access(read=PROGRAM_READERS, api=True),
    ),
    path(
        "iaq/<str:number>/program/",
        program_views.QueryProgram.as_view(),
        name="query-program",
        access=access(write=DECIDERS, api=True),
    ),
    path(
        "iar/replies/",
        answer_views.Replies.as_view(),
        name="replies",
        access=access(write=SENDERS, api=True),
    ),
    path(
        "iar/follow-ups/",
        answer_views.FollowUpFigures.as_view(),
        name="follow-ups",
        access=access(read=FIGURES, api=True),
    ),
    path(
        "iar/<str:number>/follow-up/",
        answer_views.FollowUps.as_view(),
        name="follow-up",
        access=access(write={Role.FIELD_OFFICER}, api=True),
    ),
    path(
        "individuals/",
        individual_views.Individuals.as_view(),
        name="individuals",
        access=access(read=READERS, api=True),
    ),
    path(
        "individuals/search/",
        individual_views.IndividualSearch.as_view(),
        name="individual-search",
        access=access(write=READERS, api=True),
    ),
    path(
        "records/",
        record_views.Records.as_view(),
        name="records",
        access=access(read=READERS, api=True),
    ),
    path(
        "records/<str:number>/",
        record_views.OneRecord.as_view(),
        name="record",
        access=access(read=READERS, api=True),
    ),
    path(
        "records/<str:number>/access/",
        record_views.RecordAccess.as_view(),
        name="record-access",
        access=access(read=READERS, write=CHANGERS, api=True),
    ),
    path(
        "records/<str:number>/holds/",
        hold_views.RecordHolds.as_view(),
        name="record-holds",
        access=access(read=HOLD_READERS, api=True),
    ),
    path(
        "holds/",
        hold_views.Holds.as_view(),
        name="holds",
        access=access(read=HOLD_READERS, api=True),
    ),
    path(
        "hits/",
        center_views.Hits.as_view(),
        name="hits",
        access=access(read=NCIC_READERS, write=RECEIVERS, api=True),
    ),
    path(
        "hits/<str:number>/",
        center_views.OneHit.as_view(),
        name="hit",
        access=access(read=NCIC_READERS, api=True),
    ),
    path(
        "calls/",
        center_views.Calls.as_view(),
        name="calls",
        access=access(read=CALL_READERS, api=True),
    ),
    path(
        "calls/<str:number>/",
        center_views.OneCall.as_view(),
        name="call",
        access=access(read=CALL_READERS, api=True),
    ),
    path(
        "ncic/",
        ncic_views.Entries.as_view(),
        name="ncic",
        access=access(read=NCIC_READERS, api=True),
    ),
    path(
        "ncic/<str:number>/",
        ncic_views.OneEntry.as_view(),
        name="ncic-entry",
        access=access(read=NCIC_READERS, api=True),
    ),
    path(
        "retention/<str:number>/",
        retention_views.RecordRetention.as_view(),
        name="retention",
        access=access(read=READERS, api=True),
    ),
    path(
        "detainers/",
        detainer_views.Detainers.as_view(),
        name="detainers",
        access=access(read=DETAINER_READERS, api=True),
    ),
    path(
        "detainers/<str:number>/",
        detainer_views.OneDetainer.as_view(),
        name="detainer",
        access=access(read=DETAINER_READERS, api=True),
    ),
    path(
        "tips/",
        tip_views.Tips.as_view(),
        name="tips",
        access=access(read=TIP_READERS, write=TIP_SENDERS, api=True),
    ),
    path(
        "tips/<str:number>/",
        tip_views.OneTip.as_view(),
        name="tip",
        access=access(read=TIP_READERS, api=True),
    ),
    path(
        "schema/",
        views.Schema.as_view(),
        name="schema",
        access=access(read=EVERY_ROLE, api=True),
    ),
]
