"""What a page says when a form came without its token."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.middleware import write_denial


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long or came from elsewhere; nothing was done.

    It is written down all the same: it may have been somebody else's doing.
    """
    write_denial(request, reason="no-form-token")
    return render(request, "403_csrf.html", status=403)
