"""What a page says when a form came without its token."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long or came from elsewhere; nothing was done."""
    return render(request, "403_csrf.html", status=403)
