"""Addresses of the API."""

from accounts.choices import Role
from accounts.guards import EVERY_ROLE, access, path
from acrime.api import answer_views, individual_views, record_views, views
from acrime.iar.urls import FIGURES
from acrime.records.policy import CHANGERS, READERS

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
        "schema/",
        views.Schema.as_view(),
        name="schema",
        access=access(read=EVERY_ROLE, api=True),
    ),
]
