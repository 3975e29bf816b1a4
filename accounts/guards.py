"""Who may open which URL: one declaration for each, made where the URL is made.

The middleware, the API's permission class and the navigation all read the same
declaration. A URL without one is refused to everybody.

``read`` answers GET, HEAD and OPTIONS; ``write`` answers every other method.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls import path as django_path

from accounts.choices import Role
from accounts.models import User

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

EVERY_ROLE = frozenset(Role.values)
PEOPLE = EVERY_ROLE - {Role.INTERFACE}

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """Who may use one URL.

    Attributes:
        read: roles for safe methods.
        write: roles for all other methods.
        public: open without signing in.
        when_locked: open although the session is locked.
        when_ended: open although the person's training lapsed.
        unfinished: open before the sign-in is finished (a first password, a second factor).
        proved: asks for the password again where its last proof is too old (CJIS IA-11).
        api: answers problem+json rather than pages.
        background: asked for by a script of an open page, so it keeps no idle session open.
        certified: the roles of ``read`` that a menu shows it to only with a current NCIC
            certification; the page itself tells them what they lack.
    """

    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()
    public: bool = False
    when_locked: bool = False
    when_ended: bool = False
    api: bool = False
    unfinished: bool = False
    proved: bool = False
    background: bool = False
    certified: frozenset[str] = frozenset()

    def is_act_of(self, user: User | AnonymousUser, method: str) -> bool:
        """Whether *method* would read what only acts are done at, by *user* among others.

        To whom the act is not open the address says nothing, as any other that is closed.
        """
        nothing_to_read = method in SAFE_METHODS and not self.public and not self.read
        return nothing_to_read and self.opens_to(user, "POST")

    def shown_to(self, user: User) -> bool:
        """Whether a menu leads *user* there."""
        if not self.opens_to(user, "GET"):
            return False
        free = not self.certified or user.has_role(*(self.read - self.certified))
        return free or user.standing.ncic_certified

    def opens_to(self, user: User | AnonymousUser, method: str) -> bool:
        """Whether *user* may use *method* here."""
        if self.public:
            return True
        if not isinstance(user, User):
            return False
        roles = self.read if method in SAFE_METHODS else self.write
        if self.when_ended:
            return user.is_active and not user.roles.isdisjoint(roles)
        return user.has_role(*roles)


def access(
    *,
    read: Iterable[str] = (),
    write: Iterable[str] = (),
    public: bool = False,
    when_locked: bool = False,
    when_ended: bool = False,
    api: bool = False,
    unfinished: bool = False,
    proved: bool = False,
    background: bool = False,
    certified: Iterable[str] = (),
) -> Access:
    """An ``Access`` from any collections of roles."""
    return Access(
        frozenset(read),
        frozenset(write),
        public,
        when_locked,
        when_ended,
        api,
        unfinished,
        proved,
        background,
        frozenset(certified),
    )


def path(route: str, view: View, *, name: str, access: Access) -> URLPattern:
    """A URL with its declaration."""

    @wraps(view)
    def declared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    declared.access = access  # type: ignore[attr-defined]
    return django_path(route, declared, name=name)


def declared_access(view: View) -> Access | None:
    """The declaration of *view*, or None where there is none."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


@dataclass(frozen=True)
class DeclaredUrl:
    """One URL of the portal, for navigation and for tests that walk all of them."""

    name: str
    route: str
    access: Access | None
    view: View


@cache
def every_url() -> tuple[DeclaredUrl, ...]:
    """Every URL of the URLconf, included ones too."""
    return tuple(_walk(get_resolver(), prefix="", namespace=""))


@cache
def _declarations() -> Mapping[str, Access | None]:
    """The declaration of each URL by its name: menus ask for dozens of them on every page."""
    return {url.name: url.access for url in every_url()}


def may_open(user: User | AnonymousUser, name: str, method: str = "GET") -> bool:
    """Whether *user* may use the URL called *name*.

    Raises:
        KeyError: no URL has that name.
    """
    found = _declarations()[name]
    return found is not None and found.opens_to(user, method)


def menu_shows(user: User, name: str) -> bool:
    """Whether a menu leads *user* to the URL called *name*.

    Raises:
        KeyError: no URL has that name.
    """
    found = _declarations()[name]
    return found is not None and found.shown_to(user)


def _walk(resolver: URLResolver, *, prefix: str, namespace: str) -> Iterable[DeclaredUrl]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, prefix=route, namespace=inner)
        else:
            name = f"{namespace}{entry.name}" if entry.name else ""
            yield DeclaredUrl(name, route, declared_access(entry.callback), entry.callback)


def signed_in(request: HttpRequest) -> User:
    """The person of a request that the declaration let through.

    Raises:
        TypeError: the view was reached without its declaration, a fault of ours.
    """
    if not isinstance(request.user, User):
        raise TypeError("A view for signed-in people was reached by nobody.")
    return request.user
