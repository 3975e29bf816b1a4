"""Addresses of the API."""

from accounts.choices import Role
from accounts.guards import EVERY_ROLE, access, path
from acrime.api import center_views, individual_views, record_views, views
from acrime.calls.policy import READERS as CALL_READERS
from acrime.ncic.hits.actions import RECEIVERS
from acrime.ncic.policy import READERS as NCIC_READERS
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
        "schema/",
        views.Schema.as_view(),
        name="schema",
        access=access(read=EVERY_ROLE, api=True),
    ),
]
