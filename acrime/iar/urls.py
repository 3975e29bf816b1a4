"""Addresses of responses."""

from accounts.choices import EXPORTERS, OVERSIGHT, Role
from accounts.guards import PEOPLE, access, path
from acrime.iaq.actions import WORKERS
from acrime.iaq.querysets import DESK_READERS, DESK_ROLES
from acrime.iar import views
from acrime.iar.amending import views as amending
from acrime.iar.desk import views as desk
from acrime.iar.following import views as following
from acrime.iar.wording import views as wording

app_name = "iar"

FIGURES = WORKERS | OVERSIGHT | {Role.FIELD_OFFICER, Role.PRIVACY_OFFICER}
KEEPERS = frozenset({Role.PRIVACY_OFFICER})

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
    path("desk/", desk.desk, name="desk", access=access(read=DESK_READERS)),
    path("desk/add/", desk.reply_add, name="reply-add", access=access(write=DESK_ROLES)),
    path("desk/<str:reply>/", desk.reply_detail, name="reply", access=access(read=DESK_READERS)),
    path(
        "desk/<str:reply>/match/",
        desk.reply_match,
        name="reply-match",
        access=access(write=DESK_ROLES),
    ),
    path(
        "desk/<str:reply>/settle/",
        desk.reply_settle,
        name="reply-settle",
        access=access(write=DESK_ROLES),
    ),
    path("wording/", wording.wording_list, name="wordings", access=READ),
    path(
        "wording/new/",
        wording.wording_new,
        name="wording-new",
        access=access(read=KEEPERS, write=KEEPERS),
    ),
    path("wording/<int:version>/", wording.wording_detail, name="wording", access=READ),
    path(
        "wording/<int:version>/propose/",
        wording.wording_propose,
        name="wording-propose",
        access=access(read=KEEPERS, write=KEEPERS),
    ),
    path(
        "wording/<int:version>/decide/",
        wording.wording_decide,
        name="wording-decide",
        access=access(write=KEEPERS),
    ),
    path(
        "wording/<int:version>/withdraw/",
        wording.wording_withdraw,
        name="wording-withdraw",
        access=access(write=KEEPERS),
    ),
    path(
        "follow-ups/",
        following.follow_up_figures,
        name="follow-ups",
        access=access(read=FIGURES),
    ),
    path("<str:number>/", views.response_detail, name="detail", access=READ),
    path("<str:number>/print/", views.response_print, name="print", access=READ),
    path("<str:number>/combined/", views.combined, name="combined", access=READ),
    path(
        "<str:number>/follow-up/",
        following.follow_up,
        name="follow-up",
        access=access(read={Role.FIELD_OFFICER}, write={Role.FIELD_OFFICER}),
    ),
    path(
        "<str:number>/amend/",
        amending.amend,
        name="amend",
        access=access(read=WORKERS, write=WORKERS),
    ),
    path(
        "<str:number>/amend/drop/",
        amending.amend_drop,
        name="amend-drop",
        access=access(write=WORKERS),
    ),
    path(
        "<str:number>/copies/<str:destination>/close/",
        desk.close_copy,
        name="close-copy",
        access=access(read=WORKERS, write=WORKERS),
    ),
    path(
        "<str:number>/copies/<str:destination>/again/",
        views.send_again,
        name="send-again",
        access=access(write=WORKERS),
    ),
]
