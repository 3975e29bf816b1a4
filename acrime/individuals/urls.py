"""Addresses of individuals."""

from accounts.choices import EXPORTERS, Role
from accounts.guards import PEOPLE, access, path
from acrime.individuals import views
from acrime.individuals.entering import views as entering
from acrime.individuals.facts import views as facts
from acrime.individuals.facts.policy import ENTERERS, NOTERS
from acrime.individuals.merging import urls as merging
from acrime.records.reveals import REVEALERS

app_name = "individuals"

READERS = PEOPLE - {Role.ADMINISTRATOR}
READ = access(read=READERS)

urlpatterns = [
    path("", views.individual_list, name="list", access=READ),
    path(
        "search/",
        views.individual_search,
        name="search",
        access=access(read=READERS, write=READERS),
    ),
    path(
        "export/",
        views.individual_export,
        name="export",
        access=access(read=EXPORTERS, write=EXPORTERS),
    ),
    path(
        "new/",
        entering.individual_new,
        name="new",
        access=access(read=ENTERERS, write=ENTERERS),
    ),
    *merging.urlpatterns,
    path("<str:number>/", views.individual_detail, name="detail", access=READ),
    path("<str:number>/print/", views.individual_print, name="print", access=READ),
    path(
        "<str:number>/numbers/<int:identifier>/",
        views.reveal,
        name="reveal",
        access=access(read=REVEALERS, write=REVEALERS),
    ),
    path(
        "<str:number>/add/<slug:value>/",
        facts.add,
        name="add",
        access=access(read=ENTERERS, write=ENTERERS),
    ),
    path(
        "<str:number>/note/<slug:fact>/",
        facts.note,
        name="note",
        access=access(read=NOTERS, write=NOTERS),
    ),
    path(
        "<str:number>/photographs/<int:identifier>/",
        facts.photograph,
        name="photograph",
        access=READ,
    ),
    path(
        "<str:number>/approve/",
        views.approve,
        name="approve",
        access=access(write={Role.SUPERVISOR}),
    ),
]
