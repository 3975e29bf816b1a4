"""Addresses of the oversight room: for OPR and its lead, and nobody else."""

from accounts.choices import OVERSIGHT
from accounts.guards import access, path
from acrime.oversight import views

app_name = "oversight"

READ = access(read=OVERSIGHT)
# What is asked is sent by POST, so that no name of a person stands in an address.
ASK = access(read=OVERSIGHT, write=OVERSIGHT)

urlpatterns = [
    path("", views.event_list, name="events", access=ASK),
    path("export/", views.export, name="export", access=ASK),
    path("events/<int:event>/", views.event_detail, name="event", access=READ),
    path("people/<str:person>/", views.person_day, name="person", access=READ),
    path("records/<str:record>/", views.record_trail, name="record", access=READ),
]
