"""Forms in the site's look: every hint and error is announced, every slip can be reached."""

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from acrime.common.rendering import MemorableDateField, UswdsForm
from tests.support.sample_form import FindingForm


class Marks(HTMLParser):
    """The elements of a piece of mark-up: name and attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    def referred(self) -> set[str]:
        """Every id that another element speaks of."""
        words: set[str] = set()
        for tag, attrs in self.elements:
            for name in ("for", "aria-describedby", "aria-labelledby"):
                words.update(attrs.get(name, "").split())
            if tag == "a" and attrs.get("href", "").startswith("#"):
                words.add(attrs["href"][1:])
        return words


def rendered(form: Any) -> tuple[str, Marks]:
    markup = str(form)
    return markup, Marks(markup)


@pytest.mark.parametrize("data", [None, {}, {"birth_date_0": "2", "birth_date_1": "30"}])
def test_every_id_spoken_of_is_there_and_only_once(data: dict[str, str] | None) -> None:
    _, marks = rendered(FindingForm(data))
    assert marks.referred() <= set(marks.ids())
    assert len(marks.ids()) == len(set(marks.ids()))


def test_every_control_has_a_label() -> None:
    _, marks = rendered(FindingForm())
    labelled = {attrs["for"] for tag, attrs in marks.elements if tag == "label"}
    controls = {
        attrs["id"]
        for tag, attrs in marks.elements
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden"
    }
    assert controls == labelled


def test_hint_and_error_are_announced_with_the_control() -> None:
    _, marks = rendered(FindingForm({}))
    number = next(attrs for _, attrs in marks.elements if attrs.get("name") == "number")
    assert number["aria-describedby"].split() == ["id_number_helptext", "id_number_error"]
    assert number["aria-invalid"] == "true"
    assert "usa-input--error" in number["class"]
    group = next(attrs for _, attrs in marks.elements if attrs.get("id") == "id_source")
    assert group["aria-describedby"].split() == ["id_source_helptext", "id_source_error"]


def test_the_error_summary_leads_to_each_slip_and_takes_the_focus() -> None:
    markup, marks = rendered(FindingForm({}))
    summary = next(attrs for _, attrs in marks.elements if "data-focus-first" in attrs)
    assert summary["role"] == "alert"
    assert summary["tabindex"] == "-1"
    links = [attrs["href"] for tag, attrs in marks.elements if tag == "a"]
    assert links == [
        "#id_source_0", "#id_number", "#id_office", "#id_birth_date_0", "#id_finding", "#id_sure",
    ]  # fmt: skip
    assert "data-focus-first" not in str(FindingForm())
    assert markup.index("data-focus-first") < markup.index("id_source_0")


def test_a_form_prefix_reaches_every_id() -> None:
    _, marks = rendered(FindingForm({}, prefix="second"))
    assert all(name.startswith("id_second-") for name in marks.ids())


def test_a_long_text_counts_down_only_with_a_limit() -> None:
    class Open(UswdsForm, forms.Form):
        text = forms.CharField(widget=forms.Textarea)

    assert "usa-character-count" not in str(Open())
    markup = str(FindingForm())
    assert "You can enter up to 400 characters" in markup
    assert 'maxlength="400"' in markup


def test_the_asterisk_is_explained_only_where_one_stands() -> None:
    class Free(UswdsForm, forms.Form):
        text = forms.CharField(required=False)

    assert "are required" not in str(Free())
    assert str(FindingForm()).count("are required") == 1


def test_what_a_person_typed_is_escaped() -> None:
    markup = str(
        FindingForm({"number": '"><script>alert(1)</script>', "finding": "</textarea><b>"})
    )
    assert "<script>" not in markup
    assert "<b>" not in markup


def test_choices_keep_what_was_chosen() -> None:
    _, marks = rendered(FindingForm({"source": "EARM", "kinds": "B", "office": "1", "sure": "on"}))
    chosen = {
        (attrs["name"], attrs.get("value", "")) for _, attrs in marks.elements if "checked" in attrs
    }
    assert {("source", "EARM"), ("kinds", "B")} <= chosen
    assert any(name == "sure" for name, _ in chosen)
    assert any("selected" in attrs and attrs.get("value") == "1" for _, attrs in marks.elements)


def test_no_inline_code() -> None:
    _, marks = rendered(FindingForm({}))
    assert not [attrs for _, attrs in marks.elements if "style" in attrs]
    assert not [name for _, attrs in marks.elements for name in attrs if name.startswith("on")]
    assert not re.search(r"<(script|style)\b", str(FindingForm({})))


def test_forms_without_the_mixin_keep_their_own_look() -> None:
    class Plain(forms.Form):
        text = forms.CharField()

    assert "usa-" not in str(Plain())


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (["2", "29", "1988"], date(1988, 2, 29)),
        (["12", "01", "1970"], date(1970, 12, 1)),
        (["", "", ""], None),
    ],
)
def test_a_whole_date_is_taken(parts: list[str], day: date | None) -> None:
    assert MemorableDateField(required=False).clean(parts) == day


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (["2", "30", "1988"], "invalid"),
        (["13", "1", "1988"], "invalid"),
        (["2", "1", "88"], "invalid"),
        (["2", "1", "0000"], "invalid"),
        (["2", "x", "1988"], "invalid"),
        (["2", "²", "1988"], "invalid"),
        (["2", "-1", "1988"], "invalid"),
        (["2", "", "1988"], "incomplete"),
        (["", "4", ""], "incomplete"),
    ],
)
def test_a_date_that_is_not_whole_is_refused(parts: list[str], code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        MemorableDateField().clean(parts)
    assert [error.code for error in refusal.value.error_list] == [code]


def test_a_missing_date_is_asked_for() -> None:
    with pytest.raises(ValidationError) as refusal:
        MemorableDateField().clean(["", "", ""])
    assert [error.code for error in refusal.value.error_list] == ["required"]


def test_a_known_date_fills_the_three_parts() -> None:
    _, marks = rendered(FindingForm(initial={"birth_date": date(1988, 4, 2)}))
    shown = {attrs.get("name"): attrs.get("value") for _, attrs in marks.elements}
    assert (shown["birth_date_1"], shown["birth_date_2"]) == ("2", "1988")
    assert any("selected" in attrs and attrs.get("value") == "4" for _, attrs in marks.elements)
