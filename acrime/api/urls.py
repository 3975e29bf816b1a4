"""Addresses of the API."""

from accounts.choices import Role
from accounts.guards import EVERY_ROLE, access, path
from acrime.api import views

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
        "schema/",
        views.Schema.as_view(),
        name="schema",
        access=access(read=EVERY_ROLE, api=True),
    ),
]
