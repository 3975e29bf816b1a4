"""The form of a release."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import Office
from acrime.common.rendering import UswdsForm
from routine_uses.choices import Answer, ConditionKind
from routine_uses.policy import Condition, ConditionValue, Rule


@dataclass(frozen=True)
class Ground:
    """One routine use that fits, as the form offers it."""

    rule: Rule
    suggested: bool

    @property
    def attested(self) -> list[Condition]:
        """The conditions that a person answers for."""
        return [each for each in self.rule.conditions if each.kind == ConditionKind.ATTESTED]


class ReleaseForm(UswdsForm, forms.Form):
    """Field office, basis, and what the basis asks. Nothing is asked twice or in vain.

    ``grounds`` empty means that nothing leaves the agency and no basis is needed.
    """

    def __init__(
        self,
        *args: Any,
        offices: Sequence[Office],
        grounds: Sequence[Ground],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offices = {str(office.pk): office for office in offices}
        self._grounds = {ground.rule.letter: ground for ground in grounds}
        choices = [(key, office.name) for key, office in self._offices.items()]
        if len(choices) > 1:
            choices.insert(0, ("", "- Select -"))
        self.fields["office"] = forms.ChoiceField(
            label="Responsible field office",
            choices=choices,
            help_text="It gets a copy at once. A copy inside the agency is no disclosure.",
        )
        if grounds:
            self._add_basis(grounds)

    def _add_basis(self, grounds: Sequence[Ground]) -> None:
        self.fields["letter"] = forms.ChoiceField(
            label="Basis: routine use",
            widget=forms.RadioSelect,
            initial=self.computed_letter,
            choices=[
                (
                    each.rule.letter,
                    f"{each.rule.letter} – {each.rule.title}"
                    + (" (computed for this query)" if each.suggested else ""),
                )
                for each in grounds
            ],
        )
        for ground in grounds:
            for condition in ground.attested:
                self.fields[_name(ground.rule.letter, condition)] = _answer_field(
                    ground.rule.letter, condition
                )
        if len(grounds) > 1:
            self.fields["override_reason"] = forms.CharField(
                label="If you take another basis than the computed one: why",
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def computed_letter(self) -> str:
        """The routine use that was shown as fitting."""
        return next((letter for letter, each in self._grounds.items() if each.suggested), "")

    @property
    def office(self) -> Office | None:
        """The office chosen."""
        return self._offices.get(self.cleaned_data["office"])

    def attested(self) -> dict[str, ConditionValue]:
        """The answers to the conditions of the letter chosen."""
        letter = self.cleaned_data.get("letter", "")
        conditions: Iterable[Condition] = (
            self._grounds[letter].attested if letter in self._grounds else ()
        )
        answers = {each.key: self.cleaned_data.get(_name(letter, each)) for each in conditions}
        return {key: value for key, value in answers.items() if value}


def _name(letter: str, condition: Condition) -> str:
    return f"when_{letter}_{condition.key}"


def _answer_field(letter: str, condition: Condition) -> forms.Field:
    label = f"{letter}: {condition.question}"
    if condition.answer == Answer.YES:
        return forms.BooleanField(label=label, required=False)
    if condition.answer == Answer.CHOICE:
        choices = [("", "- Select -"), *((value, value) for value in condition.accepted)]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    return forms.CharField(label=label, required=False, max_length=200)
