"""Addresses of alerts. Rows are named by random keys, never by what the database counts."""

from accounts.choices import OVERSIGHT
from accounts.guards import PEOPLE, access, path
from acrime.alerts import referral_views, views

app_name = "alerts"

ACT = access(write=PEOPLE)
READ = access(read=PEOPLE)
FORM = access(read=PEOPLE, write=PEOPLE)
OPR_ACT = access(write=OVERSIGHT)

urlpatterns = [
    path("", views.alert_list, name="list", access=READ),
    path("read/", views.mark_read, name="mark-read", access=ACT),
    path("mail/", views.mail, name="mail", access=FORM),
    path("report/", views.report, name="report", access=FORM),
    path("questions/", views.question_list, name="questions", access=READ),
    path("questions/<uuid:question>/", views.question_detail, name="questions-one", access=FORM),
    path(
        "referrals/",
        referral_views.referral_list,
        name="referrals",
        access=access(read=OVERSIGHT),
    ),
    path(
        "referrals/<str:referral>/",
        referral_views.referral_detail,
        name="referrals-one",
        access=access(read=OVERSIGHT),
    ),
    path(
        "referrals/<str:referral>/take-up/",
        referral_views.take_up,
        name="referrals-take-up",
        access=OPR_ACT,
    ),
    path(
        "referrals/<str:referral>/note/",
        referral_views.add_note,
        name="referrals-note",
        access=OPR_ACT,
    ),
    path(
        "referrals/<str:referral>/close/",
        referral_views.close,
        name="referrals-close",
        access=OPR_ACT,
    ),
    path("<uuid:alert>/", views.alert_detail, name="detail", access=READ),
    path("<uuid:alert>/expected/", views.set_expected, name="expected", access=ACT),
    path("<uuid:alert>/ask/", views.ask_why, name="ask", access=ACT),
    path("<uuid:alert>/report/", views.report_look, name="report-look", access=ACT),
]
