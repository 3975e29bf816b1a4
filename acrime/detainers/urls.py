"""Addresses of detainers."""

from accounts.choices import EXPORTERS
from accounts.guards import access, path
from acrime.detainers import views
from acrime.detainers.notices import views as notices
from acrime.detainers.policy import READERS, WORKERS

app_name = "detainers"

READ = access(read=READERS)
WORK = access(read=WORKERS, write=WORKERS)
ACT = access(write=WORKERS)

urlpatterns = [
    path("", views.detainer_list, name="list", access=READ),
    path(
        "export/",
        views.detainer_export,
        name="export",
        access=access(read=EXPORTERS, write=EXPORTERS),
    ),
    path("new/", views.new, name="new", access=WORK),
    path("<str:number>/", views.detainer_detail, name="detail", access=READ),
    path("<str:number>/print/", views.detainer_print, name="print", access=READ),
    path("<str:number>/describe/", views.describe, name="describe", access=WORK),
    path("<str:number>/person/", views.subject, name="subject", access=WORK),
    path("<str:number>/do/<slug:verb>/", views.act, name="act", access=WORK),
    path("<str:number>/notices/", notices.prepare, name="notice", access=WORK),
    path("<str:number>/notices/<int:identifier>/", notices.send, name="send", access=WORK),
    path("<str:number>/notices/<int:identifier>/ask/", notices.ask_check, name="ask", access=ACT),
    path("<str:number>/notices/<int:identifier>/drop/", notices.drop, name="drop", access=ACT),
]
