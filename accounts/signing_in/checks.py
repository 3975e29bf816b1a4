"""Checking proofs, each failure counted, whatever page it comes from.

Sign-in, second factor, lock screen and every page that asks for a password again come here,
so that no page is a way round the lock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest

from accounts.backends import may_enter
from accounts.models import User
from accounts.signing_in import actions, events, lockout
from accounts.signing_in.choices import Method
from acrime.audit import events as session_events
from acrime.audit.actions import request_facts


@dataclass(frozen=True)
class Checked:
    """What became of a proof.

    Attributes:
        user: whose it is, or None where it proves nothing.
        method: how it was proved.
        full: whether the name has now failed as often as locks an account. It follows from
            the failures alone, so it tells nothing about whether there is such an account.
    """

    user: User | None = None
    method: Method = Method.PASSWORD
    full: bool = False


@transaction.atomic
def check_password(request: HttpRequest, *, username: str, password: str, at: datetime) -> Checked:
    """Check a name and its password.

    A locked account is refused with the right password too, after the same work as a wrong
    one. The page that asks decides what to say; it cannot tell the reasons apart.
    """
    # One name can be spelled in several ways; they count as one.
    account = User.objects.filter(username__iexact=username).first()
    name = account.username if account else username
    lockout.one_at_a_time(name)
    lockout.happens_at(request, at)
    user = authenticate(request, username=name, password=password)
    if isinstance(user, User):
        return Checked(user)
    return _failed(request, name, session_events.SIGN_IN_FAILED, at=at)


@transaction.atomic
def check_code(request: HttpRequest, *, user: User, code: str, at: datetime) -> Checked:
    """Check a code of the authenticator app or a recovery code of *user*."""
    method = None
    if _may_try(request, user, at=at):
        method = actions.use_code(user=user, code=code, at=at, facts=request_facts(request))
    return _second(request, user, method, at=at)


@transaction.atomic
def check_key(request: HttpRequest, *, user: User, credential: Any, at: datetime) -> Checked:
    """Check a security key's answer to the challenge of this session."""
    method = None
    if _may_try(request, user, at=at):
        method = actions.use_key(
            user=user, credential=credential, at=at, facts=request_facts(request)
        )
    return _second(request, user, method, at=at)


def _may_try(request: HttpRequest, user: User, *, at: datetime) -> bool:
    lockout.one_at_a_time(user.username)
    now = User.objects.get(pk=user.pk)
    return may_enter(now) and not lockout.is_full(request, user.username, at=at)


def _second(request: HttpRequest, user: User, method: Method | None, *, at: datetime) -> Checked:
    if method is not None:
        return Checked(user, method)
    lockout.count_failure(request, user.username, at=at)
    return _failed(request, user.username, events.SECOND_FACTOR_FAILED, at=at, user=user)


def _failed(
    request: HttpRequest, name: str, kind: str, *, at: datetime, user: User | None = None
) -> Checked:
    full = lockout.is_full(request, name, at=at)
    signed_in = request.user if isinstance(request.user, User) else None
    actions.note_failure(
        username=name,
        full=full,
        kind=kind,
        actor=user or signed_in,
        at=at,
        facts=request_facts(request),
    )
    return Checked(full=full)
