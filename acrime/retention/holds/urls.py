"""Addresses of holds."""

from accounts.guards import access, path
from acrime.retention.holds import views
from acrime.retention.holds.policy import CUSTODIANS, PLACERS, READERS, WORKERS

app_name = "holds"

READ = access(read=READERS)
PLACE = frozenset().union(*PLACERS.values())

urlpatterns = [
    path("", views.hold_list, name="list", access=READ),
    path("new/", views.new, name="new", access=access(read=PLACE, write=PLACE)),
    path("matters/", views.matters, name="matters", access=access(read=READERS, write=WORKERS)),
    path(
        "matters/<str:matter>/",
        views.matter,
        name="matter",
        access=access(read=READERS, write=WORKERS),
    ),
    path("<str:hold>/", views.hold_detail, name="detail", access=READ),
    path(
        "<str:hold>/do/<slug:verb>/",
        views.act,
        name="act",
        access=access(read=CUSTODIANS, write=CUSTODIANS),
    ),
    path("<str:hold>/letters/", views.write, name="write", access=access(write=WORKERS)),
    path("<str:hold>/letters/<str:letter>/", views.letter_pdf, name="letter", access=READ),
    path(
        "<str:hold>/letters/<str:letter>/acknowledge/",
        views.acknowledge,
        name="acknowledge",
        access=access(write=CUSTODIANS),
    ),
]
