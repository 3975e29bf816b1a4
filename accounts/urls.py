"""Addresses of signing in."""

from accounts import views
from accounts.guards import PEOPLE, access, path

app_name = "accounts"

OPEN = access(public=True)
ANYBODY_IN = access(read=PEOPLE, write=PEOPLE, when_locked=True)

urlpatterns = [
    path("", views.banner, name="banner", access=OPEN),
    path("password/", views.sign_in, name="sign-in", access=OPEN),
    path("out/", views.sign_out, name="sign-out", access=OPEN),
    path("lock/", views.lock, name="lock", access=ANYBODY_IN),
    path("keep-alive/", views.keep_alive, name="keep-alive", access=access(write=PEOPLE)),
]
