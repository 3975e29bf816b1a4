"""Addresses of alerts."""

from accounts.guards import PEOPLE, access, path
from acrime.alerts import views

app_name = "alerts"

urlpatterns = [
    path("", views.alert_list, name="list", access=access(read=PEOPLE)),
    path("read/", views.mark_read, name="mark-read", access=access(write=PEOPLE)),
]
