"""The one address that allauth names itself: where the single sign-on comes back to."""

from accounts.guards import access, path
from accounts.signing_in import views

urlpatterns = [
    path(
        "<str:provider_id>/back/",
        views.single_sign_on_back,
        name="openid_connect_callback",
        access=access(public=True),
    ),
]
