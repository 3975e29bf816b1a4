"""Addresses of queries."""

from accounts.choices import EXPORTERS, OVERSIGHT, Role
from accounts.guards import access, path
from acrime.iaq import desk_views, views
from acrime.iaq.actions import WORKERS
from acrime.iaq.querysets import DESK_READERS
from acrime.records.reveals import REVEALERS

app_name = "iaq"

READERS = (
    WORKERS
    | OVERSIGHT
    | {
        Role.PRIVACY_OFFICER,
        Role.RECORDS_OFFICER,
        Role.FOIA_OFFICER,
        Role.ATTORNEY,
        Role.CALL_TAKER,
    }
)

READ = access(read=READERS)
VERB = access(write=WORKERS)
FORM = access(read=WORKERS, write=WORKERS)

urlpatterns = [
    path("", views.query_list, name="list", access=READ),
    path(
        "export/",
        views.query_export,
        name="export",
        access=access(read=EXPORTERS & READERS, write=EXPORTERS & READERS),
    ),
    path("desk/", desk_views.desk, name="desk", access=access(read=DESK_READERS)),
    path(
        "desk/<str:number>/",
        desk_views.message_detail,
        name="desk-message",
        access=access(read=DESK_READERS),
    ),
    path("desk/<str:number>/settle/", desk_views.message_settle, name="desk-settle", access=VERB),
    path(
        "desk/<str:number>/transcribe/",
        desk_views.message_transcribe,
        name="desk-transcribe",
        access=VERB,
    ),
    path("<str:number>/", views.query_detail, name="detail", access=READ),
    path("<str:number>/print/", views.query_print, name="print", access=READ),
    path(
        "<str:number>/reveal/<str:what>/",
        views.reveal,
        name="reveal",
        access=access(read=REVEALERS & READERS, write=REVEALERS & READERS),
    ),
    path("<str:number>/claim/", views.claim, name="claim", access=VERB),
    path("<str:number>/put-back/", views.put_back, name="put-back", access=VERB),
    path(
        "<str:number>/program/",
        views.change_program,
        name="program",
        access=access(write={Role.SUPERVISOR}),
    ),
    path("<str:number>/research/", views.research, name="research", access=FORM),
    path("<str:number>/individuals/", views.subjects, name="subjects", access=access(read=WORKERS)),
    path("<str:number>/individuals/link/", views.link_subject, name="link", access=VERB),
    path("<str:number>/individuals/new/", views.create_subject, name="create", access=VERB),
    path("<str:number>/determine/<str:kind>/", views.determine, name="determine", access=FORM),
    path("<str:number>/approve/", views.approve, name="approve", access=VERB),
    path("<str:number>/return/", views.return_to_author, name="return", access=VERB),
]
