"""Addresses of repeating disclosures, taken into the room's own."""

from accounts.choices import Role
from accounts.guards import PEOPLE, access, path
from routine_uses.approvals.policy import DISCLOSERS
from routine_uses.repeating import views

# A category holds nothing of any record; who reads disclosures reads what they went under.
READ = access(read=PEOPLE - {Role.ADMINISTRATOR})
ACT = access(write=DISCLOSERS)

urlpatterns = [
    path("disclosures/repeating/", views.series_list, name="series-list", access=READ),
    path(
        "disclosures/repeating/propose/",
        views.series_propose,
        name="series-propose",
        access=access(read=DISCLOSERS, write=DISCLOSERS),
    ),
    path("disclosures/repeating/<str:series>/", views.series_detail, name="series", access=READ),
    path(
        "disclosures/repeating/<str:series>/decide/",
        views.series_decide,
        name="series-decide",
        access=access(write={Role.PRIVACY_OFFICER}),
    ),
    path(
        "disclosures/repeating/<str:series>/end/", views.series_end, name="series-end", access=ACT
    ),
    path(
        "disclosures/repeating/<str:series>/send/",
        views.series_send,
        name="series-send",
        access=ACT,
    ),
]
