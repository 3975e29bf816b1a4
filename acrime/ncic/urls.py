"""Addresses of records in NCIC and of hit confirmation."""

from accounts.choices import EXPORTERS
from accounts.guards import access, path
from acrime.ncic import views
from acrime.ncic.hits import views as hits
from acrime.ncic.policy import KEEPERS, READERS, WORKERS

app_name = "ncic"

READ = access(read=READERS, certified=READERS - KEEPERS)
WORK = access(read=WORKERS, write=WORKERS)
ACT = access(write=WORKERS)
TAKE_OUT = access(read=EXPORTERS, write=EXPORTERS)

urlpatterns = [
    path("", views.entry_list, name="list", access=READ),
    path("export/", views.entry_export, name="export", access=TAKE_OUT),
    path("new/", views.new, name="new", access=WORK),
    path("hits/", hits.hit_list, name="hits", access=READ),
    path("hits/export/", hits.hit_export, name="hits-export", access=TAKE_OUT),
    path("hits/new/", hits.new, name="hits-new", access=WORK),
    path("hits/figures/", hits.hit_figures, name="hits-figures", access=READ),
    path(
        "hits/clocks/", hits.strip, name="hits-clocks", access=access(read=WORKERS, background=True)
    ),
    path("hits/<str:number>/", hits.hit_detail, name="hits-one", access=READ),
    path("hits/<str:number>/print/", hits.hit_print, name="hits-print", access=READ),
    path("hits/<str:number>/take/", hits.take, name="hits-take", access=ACT),
    path("hits/<str:number>/agency/", hits.agency, name="hits-agency", access=ACT),
    path("hits/<str:number>/documents/", hits.in_hand, name="hits-documents", access=WORK),
    path("hits/<str:number>/promise/", hits.promise, name="hits-promise", access=WORK),
    path("hits/<str:number>/answer/<slug:outcome>/", hits.answer, name="hits-answer", access=WORK),
    path(
        "hits/<str:number>/answer/<slug:outcome>/ask/",
        hits.ask_check,
        name="hits-ask",
        access=ACT,
    ),
    path("<str:number>/", views.entry_detail, name="detail", access=READ),
    path("<str:number>/print/", views.entry_print, name="print", access=READ),
    path("<str:number>/describe/", views.describe, name="describe", access=WORK),
    path("<str:number>/person/", views.subject, name="subject", access=WORK),
    path("<str:number>/documents/add/", views.document_add, name="document-add", access=WORK),
    path("<str:number>/documents/<int:identifier>/", views.document, name="document", access=READ),
    path("<str:number>/act/<slug:act>/", views.act, name="act", access=WORK),
]
