"""Addresses of responses."""

from accounts.choices import EXPORTERS, Role
from accounts.guards import PEOPLE, access, path
from acrime.iaq.actions import WORKERS
from acrime.iar import views

app_name = "iar"

READ = access(read=PEOPLE - {Role.ADMINISTRATOR, Role.NCIC_SPECIALIST})

urlpatterns = [
    path("", views.response_list, name="list", access=READ),
    path(
        "export/",
        views.response_export,
        name="export",
        access=access(read=EXPORTERS, write=EXPORTERS),
    ),
    path(
        "release/<str:number>/",
        views.release,
        name="release",
        access=access(read=WORKERS, write=WORKERS),
    ),
    path(
        "release/<str:number>/check/",
        views.ask_check,
        name="ask-check",
        access=access(write=WORKERS),
    ),
    path("<str:number>/", views.response_detail, name="detail", access=READ),
    path("<str:number>/print/", views.response_print, name="print", access=READ),
    path(
        "<str:number>/copies/<str:destination>/again/",
        views.send_again,
        name="send-again",
        access=access(write=WORKERS),
    ),
]
