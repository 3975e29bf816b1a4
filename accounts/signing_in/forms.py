"""Forms of second factors, passwords and locked accounts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from acrime.common.rendering import UswdsForm


class CredentialField(forms.JSONField):
    """What a browser says of a security key; whatever is no such answer is refused."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": "The browser did not reach a security key. Plug it in and try again.",
        "invalid": "The browser did not reach a security key. Plug it in and try again.",
    }

    def bound_data(self, data: Any, initial: Any) -> Any:
        """An answer is good for one challenge, so it is not shown again."""
        return None

    def prepare_value(self, value: Any) -> Any:
        """Nothing is shown."""
        return ""

    def to_python(self, value: Any) -> Any:
        """The object of the answer; nesting and numbers beyond measure are no answer."""
        try:
            found = super().to_python(value)
        except (RecursionError, ValueError):
            found = None
        if found is not None and not isinstance(found, dict):
            found = None
        if found is None and value not in self.empty_values:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class CodeForm(UswdsForm, forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label="Code",
        help_text="Six digits from your authenticator app, or a recovery code of eight digits.",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "usa-input--small",
            }
        ),
    )


class AppForm(UswdsForm, forms.Form):
    """The first code of a new authenticator app."""

    code = forms.CharField(
        label="Code that the app shows now",
        help_text="Six digits.",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "class": "usa-input--small"}
        ),
    )


class KeyForm(UswdsForm, forms.Form):
    """A new security key: the browser fills in what the key answered."""

    name = forms.CharField(
        label="What you call this key",
        help_text="So that you can tell it from others, such as “blue key” or “office laptop”.",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = CredentialField(max_length=20_000)


class KeyAnswerForm(forms.Form):
    """What a security key answered."""

    credential = CredentialField(max_length=20_000)


class ChangePasswordForm(UswdsForm, forms.Form):
    """The old password and, twice, a new one."""

    old = forms.CharField(
        label="Password you have now",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="New password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both spellings of the new password agree."""
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", "This is not the new password from above.")
        return given


class ReleaseForm(UswdsForm, forms.Form):
    """Why a locked account is released."""

    reason = forms.CharField(
        label="How you know who asked",
        help_text="Such as “called back at the desk's number” or “came in person with the badge”.",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
