"""Addresses of tips: the public form, and the desk behind it."""

from accounts.guards import access, path
from acrime.tips import views
from acrime.tips.line import views as line
from acrime.tips.policy import (
    FOLLOWERS,
    LINE_KEEPERS,
    READERS,
    REVEALERS,
    SECOND,
    TAKERS,
    TRIAGERS,
)
from acrime.tips.receiving import views as receiving
from acrime.tips.referring import views as referring
from acrime.tips.sources import views as sources

app_name = "tips"

READ = access(read=READERS)
TAKE = access(read=TAKERS, write=TAKERS)
TRIAGE = access(read=TRIAGERS, write=TRIAGERS)
FOLLOW = access(read=FOLLOWERS, write=FOLLOWERS)
ACT = access(write=TRIAGERS)
LINE = access(read=LINE_KEEPERS, write=LINE_KEEPERS)
DECIDE = access(write=LINE_KEEPERS)

urlpatterns = [
    path("", receiving.public_form, name="form", access=access(public=True)),
    path("desk/", views.tip_list, name="list", access=READ),
    path("desk/new/", receiving.write_down, name="new", access=TAKE),
    path("desk/receipt/", receiving.by_receipt, name="receipt", access=TAKE),
    path("line/", line.line, name="line", access=LINE),
    path("line/decide/", line.decide, name="line-decide", access=DECIDE),
    path("line/successor/", line.export, name="export", access=LINE),
    path("line/successor/decide/", line.export_decide, name="export-decide", access=DECIDE),
    path("line/successor/make/", line.export_make, name="export-make", access=DECIDE),
    path(
        "line/successor/files/<int:identifier>/",
        line.export_file,
        name="export-file",
        access=access(read=LINE_KEEPERS),
    ),
    path("sources/<str:number>/", sources.source, name="source", access=READ),
    path(
        "sources/<str:number>/reveal/",
        sources.reveal,
        name="source-reveal",
        access=access(read=REVEALERS, write=REVEALERS),
    ),
    path("sources/<str:number>/person/", sources.person, name="source-person", access=TAKE),
    path("desk/<str:number>/", views.tip_detail, name="detail", access=READ),
    path("desk/<str:number>/print/", views.tip_print, name="print", access=READ),
    path("desk/<str:number>/files/<int:identifier>/", views.tip_file, name="file", access=READ),
    path("desk/<str:number>/take/", views.take, name="take", access=ACT),
    path("desk/<str:number>/put-back/", views.put_back, name="put-back", access=ACT),
    path("desk/<str:number>/sort/", views.sort, name="sort", access=ACT),
    path("desk/<str:number>/triage/", views.triage, name="triage", access=TRIAGE),
    path("desk/<str:number>/second/", views.second, name="second", access=access(write=SECOND)),
    path("desk/<str:number>/person/", views.person, name="person", access=TAKE),
    path("desk/<str:number>/same/", views.same, name="same", access=TAKE),
    path("desk/<str:number>/office/", views.office, name="office", access=TRIAGE),
    path("desk/<str:number>/steps/", views.step, name="step", access=FOLLOW),
    path("desk/<str:number>/close/", views.close, name="close", access=FOLLOW),
    path("desk/<str:number>/referrals/", referring.prepare, name="refer", access=TRIAGE),
    path(
        "desk/<str:number>/referrals/<int:identifier>/",
        referring.referral,
        name="referral",
        access=TRIAGE,
    ),
    path(
        "desk/<str:number>/referrals/<int:identifier>/ask/",
        referring.ask_check,
        name="referral-ask",
        access=ACT,
    ),
    path(
        "desk/<str:number>/referrals/<int:identifier>/print/",
        referring.referral_print,
        name="referral-print",
        access=READ,
    ),
]
