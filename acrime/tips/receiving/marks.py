"""The mark that a form of ours carries: when it was shown, signed. It names nobody. Pure."""

import secrets
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer

_SALT = "acrime.tips.form"
LONGEST = 200


def new_mark(at: datetime) -> str:
    """A mark for a form that is shown at *at*."""
    return Signer(salt=_SALT).sign(f"{int(at.timestamp())}.{secrets.token_hex(8)}")


def shown_at(mark: str) -> datetime | None:
    """When the form with *mark* was shown, or None where the mark is none of ours."""
    try:
        told = Signer(salt=_SALT).unsign(mark[:LONGEST])
    except BadSignature:
        return None
    return datetime.fromtimestamp(int(told.partition(".")[0]), tz=UTC)
