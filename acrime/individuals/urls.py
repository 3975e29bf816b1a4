"""Addresses of individuals."""

from accounts.choices import Role
from accounts.guards import PEOPLE, access, path
from acrime.individuals import views

app_name = "individuals"

READ = access(read=PEOPLE - {Role.ADMINISTRATOR})

urlpatterns = [
    path("", views.individual_list, name="list", access=READ),
    path("<str:number>/", views.individual_detail, name="detail", access=READ),
    path(
        "<str:number>/approve/",
        views.approve,
        name="approve",
        access=access(write={Role.SUPERVISOR}),
    ),
]
