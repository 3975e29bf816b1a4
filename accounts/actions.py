"""Accounts: the verbs."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import events
from accounts.choices import Role
from accounts.models import ApiToken, Office, RoleGrant, SupervisionLink, User
from accounts.standing.policy import clash_of
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused

EXPIRED = "The day until which it was granted has passed."


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
        joined_at=at,
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
def grant_role(
    *,
    user: User,
    role: Role,
    actor: User | None,
    at: datetime,
    expires_at: datetime | None = None,
    channel: Channel = Channel.COMMAND,
    facts: RequestFacts | None = None,
) -> RoleGrant:
    """Give *user* a role, until *expires_at* where that is given.

    Raises:
        ActionRefused: somebody grants a role to themselves, the person holds it, or it
            does not go with another that the person holds.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Nobody grants a role to themselves.", code="own-role")
    # One at a time for each person, or two grants at once could each miss the other.
    User.objects.select_for_update().get(pk=user.pk)
    held = set()
    for grant in user.role_grants.filter(ended_at=None):
        if grant.expires_at is not None and grant.expires_at <= at:
            end_grant(grant=grant, reason=EXPIRED, actor=None, at=at, channel=channel)
        else:
            held.add(grant.role)
    if role in held:
        raise ActionRefused(f"{user.username} has the role {role.label}.", code="already-held")
    if (found := clash_of(role, held)) is not None:
        other, clash = found
        raise ActionRefused(
            f"{role.label} does not go with {Role(other).label}. {clash.why}",
            code="incompatible-roles",
            clause=clash.clause,
        )
    grant = RoleGrant.objects.create(
        user=user, role=role, granted_by=actor, granted_at=at, expires_at=expires_at
    )
    record_event(
        kind=events.ROLE_GRANTED,
        actor=actor,
        at=at,
        channel=channel,
        details={"user": user.username, "role": role.value},
        facts=facts,
    )
    return grant


@transaction.atomic
def end_grant(
    *,
    grant: RoleGrant,
    reason: str,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.COMMAND,
    facts: RequestFacts | None = None,
) -> None:
    """Take a role away. The row stays; whoever is signed in is without it at the next request.

    ``actor`` is None where a rule ended it and nobody in person.

    Raises:
        ActionRefused: one's own role, no reason, or it ended before.
    """
    if actor is not None and actor.pk == grant.user_id:
        raise ActionRefused("Nobody ends a role of their own.", code="own-role")
    if not reason.strip():
        raise ActionRefused("Say why the role ends.", code="no-reason")
    locked = (
        RoleGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    )
    if locked.ended_at is not None:
        raise ActionRefused("The role has ended.", code="already-ended")
    locked.ended_at, locked.ended_by, locked.end_reason = at, actor, reason.strip()
    locked.save(update_fields=["ended_at", "ended_by", "end_reason"])
    record_event(
        kind=events.ROLE_ENDED,
        actor=actor,
        at=at,
        channel=channel,
        purpose=reason.strip()[:200],
        details={"user": locked.user.username, "role": locked.role},
        facts=facts,
    )


@transaction.atomic
def disable_account(
    *,
    user: User,
    reason: str,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.COMMAND,
    facts: RequestFacts | None = None,
) -> None:
    """Close an account. Its sessions and tokens open nothing from the next request on.

    ``actor`` is None where a rule closed it.

    Raises:
        ActionRefused: one's own account, no reason, or it is disabled.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Nobody disables their own account.", code="own-account")
    if not reason.strip():
        raise ActionRefused("Say why the account is disabled.", code="no-reason")
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise ActionRefused("The account is disabled.", code="already-disabled")
    locked.is_active = False
    locked.disabled_at, locked.disabled_because = at, reason.strip()
    locked.save(update_fields=["is_active", "disabled_at", "disabled_because"])
    record_event(
        kind=events.ACCOUNT_DISABLED,
        actor=actor,
        at=at,
        channel=channel,
        purpose=reason.strip()[:200],
        details={"user": user.username},
        facts=facts,
    )


@transaction.atomic
def enable_account(
    *,
    user: User,
    reason: str,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.COMMAND,
    facts: RequestFacts | None = None,
) -> None:
    """Open an account again. The days without use count anew.

    Raises:
        ActionRefused: one's own account, no reason, or it is not disabled.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Nobody enables their own account.", code="own-account")
    if not reason.strip():
        raise ActionRefused("Say why the account is enabled again.", code="no-reason")
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active:
        raise ActionRefused("The account is not disabled.", code="not-disabled")
    locked.is_active = True
    locked.disabled_at, locked.disabled_because, locked.enabled_at = None, "", at
    locked.save(update_fields=["is_active", "disabled_at", "disabled_because", "enabled_at"])
    record_event(
        kind=events.ACCOUNT_ENABLED,
        actor=actor,
        at=at,
        channel=channel,
        purpose=reason.strip()[:200],
        details={"user": user.username},
        facts=facts,
    )


@transaction.atomic
def move_to_office(
    *,
    user: User,
    office: Office,
    heads: bool = False,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.COMMAND,
    facts: RequestFacts | None = None,
) -> None:
    """Put *user* into *office*, as its head where *heads*; heading another office ends.

    Raises:
        ActionRefused: somebody moves themselves.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Nobody moves their own account.", code="own-account")
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.office_id != office.pk:
        before, locked.office = locked.office, office
        locked.save(update_fields=["office"])
        record_event(
            kind=events.MOVED_TO_OFFICE,
            actor=actor,
            at=at,
            channel=channel,
            details={
                "user": user.username,
                "from": before.code if before else None,
                "to": office.code,
            },
            facts=facts,
        )
    for each in (
        Office.objects.select_for_update(of=("self",))
        .filter(Q(pk=office.pk) | Q(head=user))
        .order_by("pk")
    ):
        head = locked if heads and each.pk == office.pk else None
        if each.head_id == (head.pk if head else None) or (
            head is None and each.head_id != user.pk
        ):
            continue
        each.head = head
        each.save(update_fields=["head"])
        record_event(
            kind=events.OFFICE_HEAD_NAMED,
            actor=actor,
            at=at,
            channel=channel,
            details={"office": each.code, "user": head.username if head else None},
            facts=facts,
        )


@transaction.atomic
def assign_supervisor(
    *,
    user: User,
    supervisor: User | None,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.COMMAND,
    facts: RequestFacts | None = None,
) -> None:
    """Put *user* under *supervisor* (or under nobody) and rebuild the chain at once.

    The new chain sees the person's records from this moment, the old one no longer.

    Raises:
        ActionRefused: the chain would become a circle, or somebody moves themselves.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Nobody moves their own account.", code="own-account")
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
        channel=channel,
        details={
            "user": user.username,
            "supervisor": supervisor.username if supervisor else None,
        },
        facts=facts,
    )


def note_token_use(*, token: ApiToken, at: datetime) -> None:
    """Note that a token was used, to the hour: use keeps it and its account from closing."""
    if token.last_used_at is not None and at - token.last_used_at < timedelta(hours=1):
        return
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    User.objects.filter(pk=token.user_id).update(last_used_at=at)


@transaction.atomic
def revoke_token(
    *,
    token: ApiToken,
    reason: str,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.COMMAND,
) -> None:
    """Take a token back. Nothing happens to one that was taken back before."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    if changed:
        record_event(
            kind=events.TOKEN_REVOKED,
            actor=actor,
            at=at,
            channel=channel,
            purpose=reason[:200],
            details={"user": token.user.username, "token": token.name},
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
