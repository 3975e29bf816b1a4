"""Addresses of programs and their rules."""

from accounts.choices import OVERSIGHT, Role
from accounts.guards import access, path
from acrime.iaq.programs import views
from acrime.iaq.programs.actions import KEEPERS

app_name = "programs"

READERS = OVERSIGHT | KEEPERS | {Role.ANALYST}

READ = access(read=READERS)
KEEP = access(write=KEEPERS)
FORM = access(read=KEEPERS, write=KEEPERS)

urlpatterns = [
    path("", views.table_list, name="list", access=READ),
    path("undecided/", views.undecided_queries, name="undecided", access=READ),
    path("begin/", views.begin, name="begin", access=KEEP),
    path("<int:table>/", views.table_detail, name="table", access=READ),
    path("<int:table>/rules/", views.new_rule, name="new-rule", access=FORM),
    path("<int:table>/rules/<slug:rule>/", views.edit_rule, name="rule", access=FORM),
    path("<int:table>/rules/<slug:rule>/remove/", views.remove_rule, name="remove", access=KEEP),
    path("<int:table>/terms/<slug:program>/", views.edit_terms, name="terms", access=FORM),
    path("<int:table>/propose/", views.propose, name="propose", access=KEEP),
    path("<int:table>/withdraw/", views.withdraw, name="withdraw", access=KEEP),
    path("<int:table>/decide/", views.decide, name="decide", access=KEEP),
]
