"""Addresses of calls."""

from accounts.choices import EXPORTERS
from accounts.guards import access, path
from acrime.calls import views
from acrime.calls.policy import READERS, TAKERS

app_name = "calls"

READ = access(read=READERS)
WORK = access(read=TAKERS, write=TAKERS)
ACT = access(write=TAKERS)
TAKE_OUT = access(read=EXPORTERS, write=EXPORTERS)

urlpatterns = [
    path("", views.call_list, name="list", access=READ),
    path("export/", views.call_export, name="export", access=TAKE_OUT),
    path("new/", views.new, name="new", access=WORK),
    path("<str:number>/", views.call_detail, name="detail", access=READ),
    path("<str:number>/print/", views.call_print, name="print", access=READ),
    path("<str:number>/<slug:part>/search/", views.person, name="person", access=WORK),
    path("<str:number>/verify/", views.verify, name="verify", access=ACT),
    path("<str:number>/say/", views.say, name="say", access=WORK),
    path("<str:number>/say/<int:identifier>/", views.tell, name="tell", access=WORK),
    path("<str:number>/say/<int:identifier>/ask/", views.ask_check, name="ask", access=ACT),
    path("<str:number>/tasks/", views.task, name="task", access=WORK),
    path(
        "<str:number>/tasks/<int:identifier>/done/", views.task_done, name="task-done", access=WORK
    ),
    path("<str:number>/close/", views.close, name="close", access=ACT),
]
