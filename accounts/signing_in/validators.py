"""What a new password is held against, besides Django's own list of common ones."""

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.signing_in.policy import why_banned


class BannedPasswordValidator:
    """Refuses passwords of the banned list and says why (CJIS IA-5(1)(a)).

    The list is the file of ``ACRIME_BANNED_PASSWORDS``, read at the start, and the words of
    this portal. Demonstration accounts have the password that the documentation prints.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with the reason where *password* is banned."""
        if user is not None and user.is_demo:
            return
        reason = why_banned(password, listed=settings.ENVIRONMENT.banned_passwords)
        if reason is not None:
            raise ValidationError(reason, code="banned")

    def get_help_text(self) -> str:
        """What the person is told before choosing."""
        return "It may not be a word of this portal or a password that is known to be guessed."
