"""A form with one of each field."""

from django import forms

from acrime.common.rendering import MemorableDateField, UswdsForm


class FindingForm(UswdsForm, forms.Form):
    """Nothing of the product: it only shows the fields."""

    source = forms.ChoiceField(
        label="Where you looked",
        choices=[("CIS", "Central Index System"), ("EARM", "Enforcement module")],
        widget=forms.RadioSelect,
        help_text="Choose the system that you asked.",
    )
    kinds = forms.MultipleChoiceField(
        label="What it holds",
        choices=[("A", "Entry"), ("B", "Removal")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    number = forms.CharField(label="Number", max_length=20, help_text="As it stands there.")
    office = forms.ChoiceField(label="Office", choices=[("", "- Select -"), ("1", "Burlington")])
    birth_date = MemorableDateField(label="Date of birth", help_text="For example: April 28 1986")
    finding = forms.CharField(label="Finding", widget=forms.Textarea, max_length=400)
    paper = forms.FileField(label="Paper", required=False)
    sure = forms.BooleanField(label="I have compared the birth date")
    ticket = forms.CharField(widget=forms.HiddenInput, initial="t1")
