"""Addresses of queries."""

from accounts.choices import EXPORTERS, OVERSIGHT, Role
from accounts.guards import access, path
from acrime.iaq import desk_views, views
from acrime.iaq.querysets import DESK_READERS
from acrime.iaq.research import views as research_views
from acrime.iaq.reviewing import views as reviewing_views
from acrime.iaq.working import WORKERS
from acrime.iaq.worklist import views as worklist_views
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
LEAD = access(write={Role.SUPERVISOR})
FORM = access(read=WORKERS, write=WORKERS)

urlpatterns = [
    path("", worklist_views.query_list, name="list", access=READ),
    path(
        "export/",
        worklist_views.query_export,
        name="export",
        access=access(read=EXPORTERS & READERS, write=EXPORTERS & READERS),
    ),
    path("news/", worklist_views.news, name="news", access=access(read=READERS, background=True)),
    path(
        "rows/",
        worklist_views.query_rows,
        name="rows",
        access=access(read=READERS, background=True),
    ),
    path("at-once/", worklist_views.at_once, name="at-once", access=VERB),
    path("told/", worklist_views.items, name="items", access=access(read=WORKERS)),
    path("told/settle/", worklist_views.settle, name="item-settle", access=VERB),
    path("views/", worklist_views.save_view, name="view-save", access=access(write=READERS)),
    path(
        "views/drop/",
        worklist_views.drop_view,
        name="view-drop",
        access=access(write=READERS),
    ),
    path("workload/", worklist_views.load, name="workload", access=access(read={Role.SUPERVISOR})),
    path(
        "sampling/",
        reviewing_views.sampling,
        name="sampling",
        access=access(read={Role.SUPERVISOR}, write={Role.SUPERVISOR}),
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
    path("<str:number>/claim/", worklist_views.claim, name="claim", access=VERB),
    path("<str:number>/put-back/", worklist_views.put_back, name="put-back", access=VERB),
    path(
        "<str:number>/program/",
        views.change_program,
        name="program",
        access=access(write={Role.SUPERVISOR}),
    ),
    path("<str:number>/research/", research_views.research, name="research", access=FORM),
    path(
        "<str:number>/individuals/",
        research_views.subjects,
        name="subjects",
        access=access(read=WORKERS),
    ),
    path("<str:number>/individuals/link/", research_views.link_subject, name="link", access=VERB),
    path(
        "<str:number>/individuals/new/", research_views.create_subject, name="create", access=VERB
    ),
    path(
        "<str:number>/determine/<str:kind>/",
        reviewing_views.determine,
        name="determine",
        access=FORM,
    ),
    path("<str:number>/approve/", reviewing_views.approve, name="approve", access=VERB),
    path("<str:number>/return/", reviewing_views.return_to_author, name="return", access=VERB),
    path("<str:number>/take-over/", reviewing_views.take_over, name="take-over", access=LEAD),
    path("<str:number>/assign/", worklist_views.assign, name="assign", access=LEAD),
    path("<str:number>/offense/", worklist_views.place, name="place", access=VERB),
    path("<str:number>/offense/strike/", worklist_views.strike, name="strike", access=VERB),
    path("<str:number>/no-match/", worklist_views.no_match, name="no-match", access=VERB),
    path(
        "<str:number>/citizenship/",
        research_views.citizenship,
        name="citizenship",
        access=VERB,
    ),
    path("<str:number>/research/<int:step>/", research_views.attach, name="attach", access=FORM),
    path("<str:number>/papers/<int:paper>/", research_views.paper, name="paper", access=READ),
    path("<str:number>/ask/<str:source>/", research_views.ask, name="ask", access=VERB),
    path(
        "<str:number>/answers/<int:answer>/confirm/",
        research_views.confirm,
        name="confirm",
        access=VERB,
    ),
    path(
        "<str:number>/answers/<int:answer>/discard/",
        research_views.discard,
        name="discard",
        access=VERB,
    ),
]
