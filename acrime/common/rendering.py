"""Forms and page parts in the site's look, without touching Django's own widget templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.forms.widgets import Input
from django.template import loader
from django.utils.dates import MONTHS

# The site's widget templates, by the name that Django's widgets ask for.
_WIDGET_TEMPLATES = {
    "django/forms/widgets/radio.html": "forms/widgets/choices.html",
    "django/forms/widgets/checkbox_select.html": "forms/widgets/choices.html",
    "django/forms/widgets/clearable_file_input.html": "forms/widgets/file.html",
    "django/forms/widgets/file.html": "forms/widgets/file.html",
}
# USWDS classes by kind of widget; the first kind that fits counts.
_WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.MultiWidget, ""),
    (forms.RadioSelect, "usa-radio__input"),
    (forms.CheckboxSelectMultiple, "usa-checkbox__input"),
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.FileInput, "usa-file-input"),
    (forms.Select, "usa-select"),
    (forms.Textarea, "usa-textarea"),
    (Input, "usa-input"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A row of ``components/facts.html``."""

    label: str
    value: object
    note: str = ""
    mono: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEntry:
    """A step of ``components/timeline.html``. ``tone`` is a tone of the status tags, or empty."""

    at: datetime
    title: str
    by: str = ""
    text: str = ""
    source: str = ""
    tone: str = ""


class UswdsBoundField(BoundField):
    """A field that knows the ids and classes of its USWDS mark-up."""

    @property
    def kind(self) -> str:
        """Which mark-up the field wears: ``checkbox``, ``group`` (a fieldset) or ``plain``."""
        if isinstance(self.field.widget, forms.CheckboxInput):
            return "checkbox"
        return "group" if self.use_fieldset else "plain"

    @property
    def first_control_id(self) -> str:
        """Where a link from the error summary leads: the first control that takes the focus."""
        return f"{self.auto_id}_0" if self.use_fieldset else str(self.auto_id)

    @property
    def character_limit(self) -> int | None:
        """The length a text area counts down from; only text areas with a limit count."""
        if not isinstance(self.field.widget, forms.Textarea):
            return None
        return self.field.widget.attrs.get("maxlength")

    @property
    def aria_describedby(self) -> str:
        """The ids of hint, error and count, each of which the field's template renders."""
        ids = (super().aria_describedby or "").split()
        if self.auto_id and self.character_limit:
            ids.append(f"{self.auto_id}_count")
        return " ".join(ids)

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Django's attributes with the USWDS classes of the widget added."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        own = next((name for kind, name in _WIDGET_CLASSES if isinstance(widget, kind)), "")
        classes = [own, widget.attrs.get("class", ""), built.get("class", "")]
        if self.character_limit:
            classes.append("usa-character-count__field")
        if own in {"usa-input", "usa-textarea", "usa-select"} and self.errors:
            classes.append("usa-input--error")
        if wanted := " ".join(dict.fromkeys(" ".join(classes).split())):
            built["class"] = wanted
        return built


class UswdsRenderer(DjangoTemplates):
    """Renders forms from ``templates/forms`` and widgets from Django's own templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = UswdsBoundField

    def get_template(self, template_name: str) -> Any:
        """The site's template where there is one, Django's otherwise."""
        own = _WIDGET_TEMPLATES.get(template_name, template_name)
        if own.startswith("forms/"):
            return loader.get_template(own)
        return super().get_template(template_name)


class UswdsForm:
    """Mixin, named before the form class, that gives a form the site's look.

    ``class FindingForm(UswdsForm, forms.Form)``. It is chosen form by form, so that forms of
    other packages keep their own look.
    """

    default_renderer: BaseRenderer | type[BaseRenderer] | None = UswdsRenderer
    fields: dict[str, forms.Field]

    @property
    def has_required_fields(self) -> bool:
        """Whether the meaning of the asterisk must be told."""
        return any(field.required and not field.widget.is_hidden for field in self.fields.values())


_DATE_PARTS = ("Month", "Day", "Year")


class MemorableDateWidget(forms.MultiWidget):
    """Month, day and year in three controls: for a date that a person knows by heart."""

    template_name = "forms/widgets/memorable_date.html"
    use_fieldset = True

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        months = [("", "- Select -"), *((str(n), name) for n, name in MONTHS.items())]
        digits = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            [
                forms.Select(choices=months, attrs={"class": "usa-select"}),
                forms.TextInput(attrs={**digits, "class": "usa-input", "maxlength": "2"}),
                forms.TextInput(attrs={**digits, "class": "usa-input", "maxlength": "4"}),
            ],
            dict(attrs or {}),
        )

    def decompress(self, value: date | None) -> list[str]:
        """The parts shown for a date."""
        if value is None:
            return ["", "", ""]
        return [str(value.month), str(value.day), f"{value.year:04d}"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Each part with its own label."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        parts = zip(_DATE_PARTS, context["widget"]["subwidgets"], strict=True)
        context["parts"] = [{"label": label, "widget": widget} for label, widget in parts]
        return context


class MemorableDateField(forms.MultiValueField):
    """A whole date from three controls. A date with a part missing is refused, not completed."""

    widget = MemorableDateWidget
    default_error_messages = {
        "required": "Enter the date.",
        "incomplete": "Enter the month, the day and the year.",
        "invalid": "Enter a date that exists, with a year of four digits.",
    }

    def __init__(self, **kwargs: Any) -> None:
        parts = tuple(forms.CharField(required=False, strip=True) for _ in range(3))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> date | None:
        """The date of the three parts, or nothing when all are empty.

        Raises:
            ValidationError: a part is missing, or there is no such day.
        """
        if not any(data_list):
            return None
        if not all(data_list):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        month, day, year = data_list
        if not all(part.isascii() and part.isdecimal() for part in data_list) or len(year) != 4:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
