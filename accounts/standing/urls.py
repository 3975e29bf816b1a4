"""Addresses of the pages about people."""

from accounts.choices import Role
from accounts.guards import PEOPLE, access, path
from accounts.standing import desk_views, views

app_name = "people"

READ = access(read=PEOPLE)
FORM = access(read=PEOPLE, write=PEOPLE)
ADMINISTER = access(read={Role.ADMINISTRATOR})
# What is privileged asks who it is once more.
ADMINISTER_FORM = access(read={Role.ADMINISTRATOR}, write={Role.ADMINISTRATOR}, proved=True)

urlpatterns = [
    path("", views.my_training, name="training", access=READ),
    path("mine/", views.my_people, name="mine", access=READ),
    path("mine/<str:username>/ask/", views.ask, name="ask", access=FORM),
    path("mine/<str:username>/removal/", views.ask_removal, name="ask-removal", access=FORM),
    path(
        "requests/<int:wish>/withdraw/",
        views.withdraw,
        name="withdraw",
        access=access(write=PEOPLE),
    ),
    path("review/", views.review, name="review", access=FORM),
    path(
        "review/open/",
        views.review_open,
        name="review-open",
        access=access(write={Role.ADMINISTRATOR}, proved=True),
    ),
    path("accounts/", desk_views.account_list, name="accounts", access=ADMINISTER),
    path("training/", desk_views.upload, name="upload", access=ADMINISTER_FORM),
    path(
        "training/<int:entry>/strike/",
        desk_views.strike_training,
        name="strike-training",
        access=ADMINISTER_FORM,
    ),
    path("requests/", desk_views.request_list, name="requests", access=ADMINISTER),
    path("requests/<int:wish>/", desk_views.decide, name="decide", access=ADMINISTER_FORM),
    path("grants/<int:grant>/end/", desk_views.end_role, name="end-role", access=ADMINISTER_FORM),
    path("accounts/<str:username>/", desk_views.account, name="account", access=ADMINISTER),
    path(
        "accounts/<str:username>/training/",
        desk_views.record_training,
        name="record-training",
        access=ADMINISTER_FORM,
    ),
    path("accounts/<str:username>/move/", desk_views.move, name="move", access=ADMINISTER_FORM),
    path(
        "accounts/<str:username>/disable/",
        desk_views.disable,
        name="disable",
        access=ADMINISTER_FORM,
    ),
    path(
        "accounts/<str:username>/enable/", desk_views.enable, name="enable", access=ADMINISTER_FORM
    ),
]
