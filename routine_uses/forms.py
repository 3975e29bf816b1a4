"""Forms of the accounting."""

import hashlib
from typing import TYPE_CHECKING

from django import forms

from acrime.common import numbers
from acrime.common.rendering import UswdsForm
from routine_uses import verification

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# The largest record so far, over hundreds of pages, is a tenth of it.
LARGEST_RECORD_MEGABYTES = 10


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


class VerifyFileForm(UswdsForm, forms.Form):
    """A disclosure record as a file. It is hashed and nothing else: nobody reads it."""

    document = forms.FileField(
        label="File of the disclosure record",
        help_text=f"A PDF file of at most {LARGEST_RECORD_MEGABYTES} megabytes. It is not kept.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def clean_document(self) -> str:
        """The file's SHA-256, in hexadecimal."""
        file: UploadedFile[bytes] = self.cleaned_data["document"]
        if (file.size or 0) > LARGEST_RECORD_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST_RECORD_MEGABYTES} megabytes, "
                "so it is no disclosure record."
            )
        content = file.open().file
        assert content is not None
        return hashlib.file_digest(content, "sha256").hexdigest()
