"""Addresses of retention."""

from accounts.choices import EXPORTERS, OVERSIGHT, Role
from accounts.guards import access, path
from acrime.retention import views
from acrime.retention.authorities import views as authorities
from acrime.retention.authorities.actions import DECIDERS, PROPOSERS

app_name = "retention"

READERS = frozenset({Role.RECORDS_OFFICER, Role.PRIVACY_OFFICER}) | OVERSIGHT

READ = access(read=READERS)
TAKE_OUT = access(read=READERS & EXPORTERS, write=READERS & EXPORTERS)

urlpatterns = [
    path("", views.dashboard, name="dashboard", access=READ),
    path("figures.csv", views.figures_file, name="figures", access=READ),
    path("records/", views.record_list, name="list", access=READ),
    path("records/export/", views.record_export, name="export", access=TAKE_OUT),
    path("schedule/", authorities.schedule, name="schedule", access=READ),
    path(
        "schedule/propose/",
        authorities.propose,
        name="propose",
        access=access(read=PROPOSERS, write=PROPOSERS),
    ),
    path("schedule/<str:authority>/", authorities.detail, name="authority", access=READ),
    path("schedule/<str:authority>/document/", authorities.document, name="document", access=READ),
    path(
        "schedule/<str:authority>/decide/",
        authorities.decide,
        name="decide",
        access=access(write=DECIDERS),
    ),
    path(
        "schedule/<str:authority>/withdraw/",
        authorities.withdraw,
        name="withdraw",
        access=access(write=DECIDERS),
    ),
]
