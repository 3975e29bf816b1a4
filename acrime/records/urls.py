"""Addresses of what every kind of record has."""

from accounts.guards import access, path
from acrime.records import history_views, views
from acrime.records.policy import CHANGERS, READERS

app_name = "records"

urlpatterns = [
    path(
        "<str:number>/access/",
        views.record_access,
        name="access",
        access=access(read=READERS, write=CHANGERS),
    ),
    path(
        "<str:number>/history/",
        history_views.history,
        name="history",
        access=access(read=READERS),
    ),
]
