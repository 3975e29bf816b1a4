"""Every address of the portal."""

from django.urls import include
from django.urls import path as included

from accounts.guards import PEOPLE, access, path
from acrime.api.health import health
from acrime.api.problems import page_or_problem
from acrime.config.home import home

urlpatterns = [
    path("", home, name="home", access=access(read=PEOPLE)),
    path("healthz", health, name="healthz", access=access(public=True)),
    included("sign-in/", include("accounts.urls")),
    included("sign-in/single-sign-on/", include("accounts.signing_in.urls")),
    included("people/", include("accounts.standing.urls")),
    included("alerts/", include("acrime.alerts.urls")),
    included("queries/", include("acrime.iaq.urls")),
    included("programs/", include("acrime.iaq.programs.urls")),
    included("responses/", include("acrime.iar.urls")),
    included("individuals/", include("acrime.individuals.urls")),
    included("ncic/", include("acrime.ncic.urls")),
    included("calls/", include("acrime.calls.urls")),
    included("detainers/", include("acrime.detainers.urls")),
    included("tips/", include("acrime.tips.urls")),
    included("records/", include("acrime.records.urls")),
    included("holds/", include("acrime.retention.holds.urls")),
    included("retention/", include("acrime.retention.urls")),
    included("oversight/", include("acrime.oversight.urls")),
    included("api/v1/", include("acrime.api.urls")),
    included("", include("routine_uses.urls")),
]

# Under /api/ a problem document, elsewhere a page.
handler400 = page_or_problem(400)
handler403 = page_or_problem(403)
handler404 = page_or_problem(404)
handler500 = page_or_problem(500)
