"""Addresses of signing in."""

from accounts import views
from accounts.choices import Role
from accounts.guards import PEOPLE, access, path
from accounts.signing_in import views as factors
from accounts.standing.views import ended

app_name = "accounts"

OPEN = access(public=True)
ANYBODY_IN = access(read=PEOPLE, write=PEOPLE, when_locked=True, when_ended=True, unfinished=True)
ONESELF = access(read=PEOPLE, write=PEOPLE, when_ended=True, unfinished=True)
# Changing how one proves who one is needs a fresh proof (CJIS IA-11).
ONES_FACTORS = access(read=PEOPLE, write=PEOPLE, when_ended=True, unfinished=True, proved=True)
ADMINISTER = access(read={Role.ADMINISTRATOR}, write={Role.ADMINISTRATOR}, proved=True)

urlpatterns = [
    path("", views.banner, name="banner", access=OPEN),
    path("password/", views.sign_in, name="sign-in", access=OPEN),
    path("out/", views.sign_out, name="sign-out", access=OPEN),
    path("lock/", views.lock, name="lock", access=ANYBODY_IN),
    path("ended/", ended, name="ended", access=access(read=PEOPLE, when_ended=True)),
    path(
        "keep-alive/",
        views.keep_alive,
        name="keep-alive",
        access=access(write=PEOPLE, when_ended=True, unfinished=True),
    ),
    path("second/", factors.second_factor, name="second-factor", access=OPEN),
    path("certificate/", factors.certificate, name="certificate", access=OPEN),
    path("single-sign-on/", factors.single_sign_on, name="single-sign-on", access=OPEN),
    path("account/", factors.account, name="account", access=access(read=PEOPLE, when_ended=True)),
    path("account/password/", factors.change_password, name="change-password", access=ONESELF),
    path("account/prove/", factors.prove, name="prove", access=ONESELF),
    path(
        "account/factors/",
        factors.factors,
        name="factors",
        access=access(read=PEOPLE, when_ended=True, unfinished=True, proved=True),
    ),
    path("account/factors/app/", factors.add_app, name="add-app", access=ONES_FACTORS),
    path("account/factors/key/", factors.add_key, name="add-key", access=ONES_FACTORS),
    path(
        "account/factors/<int:factor>/remove/",
        factors.remove_factor,
        name="remove-factor",
        access=access(write=PEOPLE, when_ended=True, unfinished=True, proved=True),
    ),
    path("account/factors/codes/", factors.codes, name="codes", access=ONES_FACTORS),
    path("locked/", factors.locked, name="locked", access=access(read={Role.ADMINISTRATOR})),
    path("locked/<int:account>/", factors.release, name="locked-release", access=ADMINISTER),
]
