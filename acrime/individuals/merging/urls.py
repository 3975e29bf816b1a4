"""Addresses of merges, taken into the room's own."""

from accounts.choices import Role
from accounts.guards import access, path
from acrime.individuals.merging import views
from acrime.individuals.merging.actions import PROPOSERS

READ = access(read=PROPOSERS)

urlpatterns = [
    path("merges/", views.merge_list, name="merges", access=access(read={Role.SUPERVISOR})),
    path("merges/<str:merge>/", views.merge_detail, name="merge", access=READ),
    path(
        "merges/<str:merge>/decide/",
        views.merge_decide,
        name="merge-decide",
        access=access(write={Role.SUPERVISOR}),
    ),
    path(
        "merges/<str:merge>/undo/",
        views.merge_undo,
        name="merge-undo",
        access=access(write=PROPOSERS),
    ),
    path(
        "<str:number>/merge/",
        views.merge_propose,
        name="merge-propose",
        access=access(read=PROPOSERS, write=PROPOSERS),
    ),
]
