"""Accounts: the verbs."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from accounts import events
from accounts.choices import Role
from accounts.models import ApiToken, Office, RoleGrant, SupervisionLink, User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused


@transaction.atomic
def create_office(
    *, code: str, name: str, kind: str, states: Iterable[str] = (), actor: User | None, at: datetime
) -> Office:
    """Add an office, and the group that stands for its people on allow-lists."""
    office = Office.objects.create(
        code=code,
        name=name,
        kind=kind,
        states=sorted(states),
        group=Group.objects.create(name=f"office {code}"),
    )
    record_event(
        kind=events.OFFICE_CREATED,
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
        details={"office": code},
    )
    return office


@transaction.atomic
def create_user(
    *,
    username: str,
    full_name: str,
    password: str | None,
    office: Office | None,
    roles: Iterable[Role],
    supervisor: User | None = None,
    title: str = "",
    phone: str = "",
    email: str = "",
    is_demo: bool = False,
    must_change_password: bool = False,
    actor: User | None,
    at: datetime,
) -> User:
    """Add a person or a connected system with roles.

    ``password`` None makes an account that cannot sign in with one. A demonstration account
    opens only where ``ACRIME_DEMO_ACCOUNTS`` lets it. Somebody else's choice of a password
    is to be changed at the first sign-in.

    Raises:
        django.core.exceptions.ValidationError: the password is too weak.
    """
    user = User(
        username=username,
        full_name=full_name,
        office=office,
        title=title,
        phone=phone,
        email=email,
        is_demo=is_demo,
        must_change_password=must_change_password,
    )
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.save()
    record_event(
        kind=events.USER_CREATED,
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
        details={"user": username},
    )
    for role in roles:
        grant_role(user=user, role=role, actor=actor, at=at)
    if supervisor is not None:
        assign_supervisor(user=user, supervisor=supervisor, actor=actor, at=at)
    return user


@transaction.atomic
def grant_role(*, user: User, role: Role, actor: User | None, at: datetime) -> RoleGrant:
    """Give *user* a role.

    Raises:
        ActionRefused: somebody grants a role to themselves.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Nobody grants a role to themselves.", code="own-role")
    grant = RoleGrant.objects.create(user=user, role=role, granted_by=actor, granted_at=at)
    record_event(
        kind=events.ROLE_GRANTED,
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
        details={"user": user.username, "role": role.value},
    )
    return grant


@transaction.atomic
def assign_supervisor(
    *, user: User, supervisor: User | None, actor: User | None, at: datetime
) -> None:
    """Put *user* under *supervisor* (or under nobody) and rebuild the chain at once.

    The new chain sees the person's records from this moment, the old one no longer.

    Raises:
        ActionRefused: the chain would become a circle.
    """
    # One move at a time: two moves side by side could each be sound and close a circle.
    list(User.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    if supervisor is not None and (
        supervisor.pk == user.pk
        or SupervisionLink.objects.filter(supervisor=user, subordinate=supervisor).exists()
    ):
        raise ActionRefused("A chain of supervision cannot be a circle.", code="circle")

    user.supervisor = supervisor
    user.save(update_fields=["supervisor"])
    subtree = {user.pk: 0} | dict(
        SupervisionLink.objects.filter(supervisor=user).values_list("subordinate_id", "depth")
    )
    SupervisionLink.objects.filter(subordinate_id__in=subtree).exclude(
        supervisor_id__in=subtree
    ).delete()
    if supervisor is not None:
        above = {supervisor.pk: 1} | {
            pk: depth + 1
            for pk, depth in SupervisionLink.objects.filter(subordinate=supervisor).values_list(
                "supervisor_id", "depth"
            )
        }
        SupervisionLink.objects.bulk_create(
            SupervisionLink(supervisor_id=boss, subordinate_id=below, depth=up + down)
            for boss, up in above.items()
            for below, down in subtree.items()
        )
    record_event(
        kind=events.SUPERVISOR_ASSIGNED,
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
        details={
            "user": user.username,
            "supervisor": supervisor.username if supervisor else None,
        },
    )


@transaction.atomic
def issue_token(
    *, user: User, name: str, expires_at: datetime, actor: User | None, at: datetime
) -> str:
    """Make an API token for *user* and return it; it cannot be shown again."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user, name=name, digest=token_digest(token), created_at=at, expires_at=expires_at
    )
    record_event(
        kind=events.TOKEN_ISSUED,
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
        details={"user": user.username, "token": name},
    )
    return token


def token_digest(token: str) -> str:
    """The form in which a token is stored. Tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def service_account(*, username: str, full_name: str, at: datetime) -> User:
    """The named account of a machine, made on first use. It cannot sign in."""
    found = User.objects.filter(username=username).first()
    if found is not None:
        return found
    try:
        return create_user(
            username=username,
            full_name=full_name,
            password=None,
            office=None,
            roles=[Role.INTERFACE],
            actor=None,
            at=at,
        )
    except IntegrityError:
        # Another process made it at the same moment.
        return User.objects.get(username=username)
