"""Forms of the accounting."""

from django import forms

from acrime.common import numbers
from acrime.common.rendering import UswdsForm
from routine_uses import verification


class VerifyForm(UswdsForm, forms.Form):
    """Number and code as they stand on a disclosure record."""

    number = forms.CharField(
        label="Number of the disclosure",
        help_text="It begins with DIS.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label="Verification code",
        help_text="Four groups of four characters.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """The number as stored; a slip of the pen is told apart from a forgery."""
        number = numbers.tidied(self.cleaned_data["number"])
        if not numbers.is_number(number):
            raise forms.ValidationError("Check the number: it is incomplete or mistyped.")
        return number

    def clean_code(self) -> str:
        """The code as printed; a slip of the pen is told apart from a forgery."""
        code = verification.tidied(self.cleaned_data["code"])
        if not verification.is_complete(code):
            raise forms.ValidationError("Check the code: it is incomplete or mistyped.")
        return code
