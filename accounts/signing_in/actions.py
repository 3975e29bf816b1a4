"""Signing in: the verbs."""

import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as ceremony
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from accounts.signing_in import events, lockout
from accounts.signing_in.certificates import Certificate
from accounts.signing_in.choices import Method
from accounts.signing_in.policy import (
    counter_of_code,
    may_remove,
    plain_code,
)
from accounts.signing_in.querysets import factor_of, factors_of
from acrime.audit import events as session_events
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.errors import ActionRefused, NotThere

# What a malformed answer of a security key makes the libraries raise.
_MALFORMED = (
    ValidationError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    struct.error,
)
NOT_ACCEPTED = "That code is not accepted. Wait for the next one and enter it within 30 seconds."
KEY_NOT_ACCEPTED = "The security key was not accepted. Try again, or use another way."


# --- Use, success, failure --------------------------------------------------------------------


@transaction.atomic
def note_sign_in(*, user: User, method: Method, at: datetime, facts: RequestFacts) -> None:
    """Remember a sign-in: when, from where and how."""
    User.objects.filter(pk=user.pk).update(
        last_used_at=at, last_signed_in_at=at, last_signed_in_from=facts.source_address
    )
    record_event(
        kind=session_events.SIGNED_IN,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        details={"method": method.value},
        facts=facts,
    )


@transaction.atomic
def note_failure(
    *,
    username: str,
    full: bool,
    kind: str = session_events.SIGN_IN_FAILED,
    actor: User | None,
    at: datetime,
    facts: RequestFacts,
) -> None:
    """Remember a failure, and lock the account where it was one too many (CJIS AC-7).

    Nothing is done differently for a name that is nobody's, but that no row changes. The
    ledger does not keep the name: people type passwords there.

    Args:
        username: the account's own spelling, or what was typed where there is none.
        full: whether the counter has reached the number that locks.
        kind: what failed.
        actor: who is signed in or has given a first proof, where somebody has.
    """
    named = User.objects.filter(username=username)
    named.update(last_failed_at=at, last_failed_from=facts.source_address)
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        outcome=Outcome.REFUSED,
        facts=facts,
    )
    # An account without a password cannot be guessed; locking it would only let anybody
    # who knows the name of a machine's account stop the machine.
    user = named.select_for_update().filter(locked_at=None).first() if full else None
    if user is not None and user.has_usable_password():
        named.update(locked_at=at)
        record_event(
            kind=events.ACCOUNT_LOCKED,
            actor=None,
            at=at,
            channel=Channel.PAGE,
            details={"user": user.username},
            facts=facts,
        )


@transaction.atomic
def release_account(
    *,
    user: User,
    reason: str,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> None:
    """Let a locked account in again and begin counting its failures anew.

    Args:
        actor: the administrator; None for a command on the server.

    Raises:
        ActionRefused: one's own account, no reason, or it is not locked.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Somebody else releases your account.", code="own-account")
    if not reason.strip():
        raise ActionRefused("Say how you know who asked.", code="no-reason")
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.locked_at is None:
        raise ActionRefused("The account is not locked.", code="not-locked")
    locked.locked_at = None
    locked.save(update_fields=["locked_at"])
    lockout.forget(locked.username)
    record_event(
        kind=events.ACCOUNT_RELEASED,
        actor=actor,
        at=at,
        channel=channel,
        purpose=reason.strip()[:200],
        details={"user": locked.username},
        facts=facts,
    )


def note_proof(*, user: User, method: Method, at: datetime, facts: RequestFacts) -> None:
    """Remember that somebody proved once more who they are (CJIS IA-11)."""
    record_event(
        kind=events.IDENTITY_PROVED,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        details={"method": method.value},
        facts=facts,
    )


# --- Passwords --------------------------------------------------------------------------------


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime, facts: RequestFacts) -> None:
    """Give oneself a new password; the caller has checked the old one.

    All other sessions end with it, since their keys hang on the password.

    Raises:
        ActionRefused: it is the old password again.
        django.core.exceptions.ValidationError: it is too weak; the messages say why.
    """
    if user.check_password(password):
        raise ActionRefused("This is the password you have. Choose another.", code="same")
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record_event(
        kind=events.PASSWORD_CHANGED,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        details={"user": user.username},
        facts=facts,
    )


@transaction.atomic
def set_first_password(*, user: User, password: str, actor: User | None, at: datetime) -> None:
    """Give somebody a password that they change at the next sign-in. Their sessions end.

    Raises:
        django.core.exceptions.ValidationError: it is too weak; the messages say why.
    """
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record_event(
        kind=events.PASSWORD_SET,
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
        details={"user": user.username},
    )


# --- Second factors ---------------------------------------------------------------------------


@transaction.atomic
def add_app(*, user: User, secret: str, code: str, at: datetime, facts: RequestFacts) -> None:
    """Add an authenticator app whose *secret* was shown and whose *code* shows it was taken.

    Raises:
        ActionRefused: the code is not the app's, or there is an app already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    counter = counter_of_code(secret, code, at=at, after=-1)
    if counter is None:
        raise ActionRefused(NOT_ACCEPTED, code="wrong-code")
    if factor_of(user, Method.TOTP) is not None:
        raise ActionRefused("There is an authenticator app already.", code="already")
    factor = TOTP.activate(user, secret).instance
    factor.created_at = factor.last_used_at = at
    factor.data["last_counter"] = counter
    factor.save(update_fields=["created_at", "last_used_at", "data"])
    _factors_changed(user, events.SECOND_FACTOR_ADDED, Method.TOTP, at=at, facts=facts)


@transaction.atomic
def add_key(*, user: User, name: str, credential: Any, at: datetime, facts: RequestFacts) -> None:
    """Add a security key: *credential* is what the browser answered to the challenge.

    Raises:
        ActionRefused: the answer does not fit the challenge or is malformed.
    """
    try:
        ceremony.parse_registration_response(credential)
        ceremony.complete_registration(credential)
    except _MALFORMED:
        raise ActionRefused(KEY_NOT_ACCEPTED, code="wrong-key") from None
    factor = ceremony.WebAuthn.add(user, name, credential).instance
    factor.created_at = at
    factor.save(update_fields=["created_at"])
    _factors_changed(user, events.SECOND_FACTOR_ADDED, Method.SECURITY_KEY, at=at, facts=facts)


@transaction.atomic
def remove_factor(*, user: User, factor_id: int, at: datetime, facts: RequestFacts) -> None:
    """Take one's app or key away; all other sessions end.

    Raises:
        NotThere: it is not one of theirs.
        ActionRefused: it is the last one.
    """
    # One at a time: two removals at once could each leave the other's.
    User.objects.select_for_update().get(pk=user.pk)
    factors = factors_of(user)
    factor = next((each for each in factors if each.pk == factor_id), None)
    if factor is None:
        raise NotThere
    if not may_remove(factor.type, [each.type for each in factors]):
        raise ActionRefused(
            "This is your last second factor. Add another before you remove it.",
            code="last-factor",
            clause="CJIS IA-2",
        )
    method = Method(factor.type)
    factor.delete()
    _factors_changed(user, events.SECOND_FACTOR_REMOVED, method, at=at, facts=facts)


@transaction.atomic
def remove_every_factor(*, user: User, actor: User | None, at: datetime) -> int:
    """Take all second factors of somebody who lost them; the next sign-in sets up anew.

    Returns:
        How many apps and keys there were.
    """
    factors = factors_of(user)
    Authenticator.objects.filter(user_id=user.pk).delete()
    User.objects.filter(pk=user.pk).update(factors_version=F("factors_version") + 1)
    for factor in factors:
        record_event(
            kind=events.SECOND_FACTOR_REMOVED,
            actor=actor,
            at=at,
            channel=Channel.COMMAND,
            details={"user": user.username, "method": factor.type},
        )
    return len(factors)


@transaction.atomic
def make_recovery_codes(*, user: User, at: datetime, facts: RequestFacts) -> list[str]:
    """New recovery codes in place of any old ones; they are shown once.

    Raises:
        ActionRefused: without a second factor there is nothing to recover.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if not factors_of(user):
        raise ActionRefused("Set up a second factor first.", code="no-factor")
    Authenticator.objects.filter(user_id=user.pk, type=Method.RECOVERY_CODE).delete()
    codes = RecoveryCodes.activate(user)
    record_event(
        kind=events.RECOVERY_CODES_MADE, actor=user, at=at, channel=Channel.PAGE, facts=facts
    )
    made: list[str] = codes.generate_codes()
    return made


@transaction.atomic
def use_code(*, user: User, code: str, at: datetime, facts: RequestFacts) -> Method | None:
    """Take a code of an authenticator app or a recovery code; each opens once.

    Returns:
        Which of the two it was, or None where the code opens nothing.
    """
    app = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=Method.TOTP)
    if (factor := app.first()) is not None:
        counter = counter_of_code(
            decrypt(factor.data["secret"]), code, at=at, after=factor.data.get("last_counter", -1)
        )
        if counter is not None:
            factor.data["last_counter"] = counter
            factor.last_used_at = at
            factor.save(update_fields=["data", "last_used_at"])
            _factor_used(user, events.SECOND_FACTOR_USED, Method.TOTP, at=at, facts=facts)
            return Method.TOTP
    codes = factor_of(user, Method.RECOVERY_CODE)
    if codes is not None and plain_code(code) and codes.wrap().validate_code(plain_code(code)):
        _factor_used(user, events.RECOVERY_CODE_USED, Method.RECOVERY_CODE, at=at, facts=facts)
        return Method.RECOVERY_CODE
    return None


@transaction.atomic
def use_key(*, user: User, credential: Any, at: datetime, facts: RequestFacts) -> Method | None:
    """Take a security key's answer to the challenge of this session; each opens once.

    Returns:
        ``Method.SECURITY_KEY``, or None where the answer opens nothing or is malformed.
    """
    try:
        ceremony.parse_authentication_response(credential)
        factor = ceremony.complete_authentication(user, credential)
    except _MALFORMED:
        return None
    factor.last_used_at = at
    factor.save(update_fields=["last_used_at"])
    _factor_used(user, events.SECOND_FACTOR_USED, Method.SECURITY_KEY, at=at, facts=facts)
    return Method.SECURITY_KEY


def _factors_changed(
    user: User, kind: str, method: Method, *, at: datetime, facts: RequestFacts
) -> None:
    user.factors_version = User.objects.select_for_update().get(pk=user.pk).factors_version + 1
    user.save(update_fields=["factors_version"])
    _factor_used(user, kind, method, at=at, facts=facts)


def _factor_used(
    user: User, kind: str, method: Method, *, at: datetime, facts: RequestFacts
) -> None:
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        details={"user": user.username, "method": method.value},
        facts=facts,
    )


# --- What stands for the person elsewhere -----------------------------------------------------


@transaction.atomic
def bind_certificate(
    *, user: User, certificate: Certificate, by_name: bool, actor: User | None, at: datetime
) -> None:
    """Let *user* sign in with a PIV certificate, in place of any other.

    Args:
        by_name: bind to the principal name in it, so that a renewed card goes on working;
            else to this one certificate.

    Raises:
        ActionRefused: there is no name in it, it is another account's, or *user* is nobody
            who signs in.
    """
    sha256 = None if by_name else certificate.sha256
    name = certificate.name if by_name else None
    if by_name and not name:
        raise ActionRefused("There is no principal name in the certificate.", code="no-name")
    taken = Q(certificate_name=name) if by_name else Q(certificate_sha256=sha256)
    if User.objects.exclude(pk=user.pk).filter(taken).exists():
        raise ActionRefused("The certificate is bound to another account.", code="taken")
    user.certificate_sha256, user.certificate_name = sha256, name
    user.save(update_fields=["certificate_sha256", "certificate_name"])
    _bound(user, events.CERTIFICATE_BOUND, {"by": "name" if by_name else "sha256"}, actor, at)


@transaction.atomic
def bind_subject(*, user: User, subject: str, actor: User | None, at: datetime) -> None:
    """Let *user* sign in as *subject* of the single sign-on's provider.

    Raises:
        ActionRefused: another account has the subject, or it is blank.
    """
    if not subject.strip():
        raise ActionRefused("Name the subject.", code="no-subject")
    if User.objects.exclude(pk=user.pk).filter(single_sign_on_subject=subject).exists():
        raise ActionRefused("The subject is bound to another account.", code="taken")
    user.single_sign_on_subject = subject
    user.save(update_fields=["single_sign_on_subject"])
    _bound(user, events.SUBJECT_BOUND, {}, actor, at)


def _bound(
    user: User, kind: str, details: Mapping[str, str], actor: User | None, at: datetime
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.COMMAND,
        details={"user": user.username, **details},
    )
