"""Addresses of signing in."""

from accounts import views
from accounts.guards import PEOPLE, access, path
from accounts.standing.views import ended

app_name = "accounts"

OPEN = access(public=True)
ANYBODY_IN = access(read=PEOPLE, write=PEOPLE, when_locked=True, when_ended=True)

urlpatterns = [
    path("", views.banner, name="banner", access=OPEN),
    path("password/", views.sign_in, name="sign-in", access=OPEN),
    path("out/", views.sign_out, name="sign-out", access=OPEN),
    path("lock/", views.lock, name="lock", access=ANYBODY_IN),
    path("ended/", ended, name="ended", access=access(read=PEOPLE, when_ended=True)),
    path("keep-alive/", views.keep_alive, name="keep-alive", access=access(write=PEOPLE)),
]
