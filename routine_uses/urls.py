"""Addresses of the notice and the accounting."""

from accounts.choices import EXPORTERS, Role
from accounts.guards import PEOPLE, access, path
from routine_uses import views

app_name = "routine_uses"

# Administrators manage accounts and see no records, so no disclosures either.
READERS = PEOPLE - {Role.ADMINISTRATOR}
READ = access(read=READERS)

urlpatterns = [
    path("notice/", views.notice, name="notice", access=access(read=PEOPLE)),
    path("disclosures/", views.disclosure_list, name="disclosures", access=READ),
    path(
        "disclosures/export/",
        views.disclosure_export,
        name="disclosure-export",
        access=access(read=EXPORTERS, write=EXPORTERS),
    ),
    path(
        "disclosures/verify/",
        views.verify,
        name="verify",
        access=access(read=READERS, write=READERS),
    ),
    path("disclosures/<str:number>/", views.disclosure_detail, name="disclosure", access=READ),
    path(
        "disclosures/<str:number>/form.pdf",
        views.disclosure_form,
        name="disclosure-form",
        access=READ,
    ),
]
