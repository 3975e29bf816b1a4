"""The small parts that pages are built from; ``templates/README.md`` shows each of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.guards import may_open
from acrime.common.eastern import EASTERN

register = template.Library()

TONES = frozenset({"neutral", "info", "success", "warning", "danger"})
BUTTONS = {
    "primary": "",
    "outline": " usa-button--outline",
    "danger": " usa-button--secondary",
    "plain": " usa-button--unstyled",
}
_EASTERN_STYLES = {
    "full": "{day:%b} {day.day}, {day.year} {day:%H:%M} {day:%Z}",
    "exact": "{day:%b} {day.day}, {day.year} {day:%H:%M:%S} {day:%Z}",
    "date": "{day:%b} {day.day}, {day.year}",
    "time": "{day:%H:%M} {day:%Z}",
}


@register.simple_tag
def breadcrumbs(*parts: str) -> SafeString:
    """The way down to this page: label and address in pairs, then the label of the page itself."""
    pairs = list(zip(parts[0 : len(parts) - 1 : 2], parts[1::2], strict=True))
    here = parts[-1] if len(parts) % 2 else ""
    return _include("breadcrumbs", {"crumbs": pairs, "here": here})


@register.simple_tag
def status_tag(code: str, label: str, tone: str = "neutral") -> SafeString:
    """A state in words and colour. ``code`` is the stored code, for style sheets and tests.

    Raises:
        ValueError: the tone is none of ``TONES``.
    """
    if tone not in TONES:
        raise ValueError(f"A status tag has no tone {tone!r}.")
    return _include("status_tag", {"code": code, "label": label, "tone": tone})


@register.simple_tag
def clock(
    due_at: datetime | None,
    at: datetime,
    *,
    soon: int = 60,
    done_at: datetime | None = None,
    compact: bool = False,
) -> SafeString:
    """How much time is left at ``at``, or, once done, whether it was done in time.

    Args:
        due_at: when the work is due; without it no clock is running.
        soon: minutes before the due time from which the clock warns.
        done_at: when the work was finished; stops the clock.
        compact: leave out the due time, for tight rows.
    """
    if due_at is None:
        return _include("clock", {"state": "none", "text": "No clock", "compact": True})
    state, text = clock_reading(due_at=due_at, at=at, soon=timedelta(minutes=soon), done_at=done_at)
    due = eastern(due_at)
    return _include("clock", {"state": state, "text": text, "due": due, "compact": compact})


def clock_reading(
    *, due_at: datetime, at: datetime, soon: timedelta, done_at: datetime | None
) -> tuple[str, str]:
    """The state (``on-time``, ``soon``, ``late``, ``met``, ``missed``) and its words."""
    if done_at is not None:
        if done_at <= due_at:
            return "met", "Done on time"
        return "missed", f"Done late by {span_text(done_at - due_at)}"
    left = due_at - at
    if left < timedelta():
        return "late", f"Late by {span_text(-left)}"
    if left <= soon:
        return "soon", f"Due soon: {span_text(left)} left"
    return "on-time", f"{span_text(left)} left"


def span_text(span: timedelta) -> str:
    """A length of time in its two largest units, such as ``2 h 14 min``; never below a minute."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return "less than 1 min"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"


@register.filter
def eastern(moment: datetime | None, style: str = "full") -> SafeString | str:
    """A moment in U.S. Eastern time, its UTC value in the ``datetime`` attribute.

    Raises:
        ValueError: the moment has no offset, or the style is none of full, exact, date and time.
    """
    if not moment:
        return ""
    if moment.tzinfo is None:
        raise ValueError("A moment shown to people must carry its offset.")
    if style not in _EASTERN_STYLES:
        raise ValueError(f"There is no time style {style!r}.")
    text = _EASTERN_STYLES[style].format(day=moment.astimezone(EASTERN))
    utc = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}">{}</time>', utc, text)


@register.filter
def exact_time(moment: datetime | None) -> SafeString | str:
    """A moment to the hundredth of a second, with its offset, as evidence needs it.

    Raises:
        ValueError: the moment has no offset.
    """
    if not moment:
        return ""
    utc = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return format_html('<time datetime="{}">{}</time>', utc, exact_text(moment))


def exact_text(moment: datetime) -> str:
    """``Nov 22, 2026 09:05:07.42 EST (UTC-05:00)``; what follows the hundredths is cut off.

    Raises:
        ValueError: the moment has no offset.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment shown to people must carry its offset.")
    local = moment.astimezone(EASTERN)
    hundredths = local.microsecond // 10_000
    offset = f"{local:%z}"
    return (
        f"{local:%b} {local.day}, {local.year} {local:%H:%M:%S}.{hundredths:02} {local:%Z} "
        f"(UTC{offset[:3]}:{offset[3:5]})"
    )


@register.simple_block_tag
def facts(content: str, *, compact: bool = False) -> SafeString:
    """A grid of labels and values, filled by ``fact`` and ``factbody``."""
    extra = " acrime-facts--compact" if compact else ""
    return format_html('<dl class="acrime-facts{}">{}</dl>', extra, content)


@register.simple_tag
def fact(label: str, value: object, *, note: str = "", mono: bool = False) -> SafeString:
    """One label and its value. What is not recorded is said so, never left blank."""
    missing = value is None or value == ""
    return _include(
        "fact",
        {"label": label, "value": value, "note": note, "mono": mono, "missing": missing},
    )


@register.simple_block_tag
def factbody(content: str, label: str) -> SafeString:
    """One label whose value is mark-up."""
    return _include("fact", {"label": label, "value": content})


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(
    context: Context,
    url: str,
    *,
    label: str,
    tone: str = "primary",
    small: bool = False,
    about: str = "",
    name: str = "",
    value: str = "",
) -> dict[str, str]:
    """A form of one button that posts to ``url``.

    Args:
        about: read out after the label, so that equal buttons in a list differ.
        name: with ``value``, what the button sends.

    Raises:
        ValueError: the tone is none of ``BUTTONS``.
    """
    if tone not in BUTTONS:
        raise ValueError(f"A button has no tone {tone!r}.")
    classes = BUTTONS[tone] + (" acrime-button--small" if small else "")
    return {
        "url": url,
        "label": label,
        "classes": classes,
        "about": about,
        "name": name,
        "value": value,
    }


@register.simple_tag(takes_context=True)
def may_post(context: Context, name: str) -> bool:
    """Whether the reader's roles let them post to the URL called *name*."""
    user = context.get("user")
    return user is not None and may_open(user, name, "POST")


@register.simple_tag(takes_context=True)
def may_read(context: Context, name: str) -> bool:
    """Whether the reader's roles let them open the page called *name*."""
    user = context.get("user")
    return user is not None and may_open(user, name, "GET")


def _include(component: str, values: Mapping[str, object]) -> SafeString:
    """A component's template with these values alone."""
    loaded = get_template(f"components/{component}.html")
    return SafeString(loaded.render(dict(values)).strip())
