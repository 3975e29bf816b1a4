"""Detainers as pages show them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString

from acrime.common.rendering import Fact
from acrime.detainers.choices import DetainerState, Edition, Rule
from acrime.detainers.models import Detainer
from acrime.detainers.policy import ends_of, not_counted
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.models import Individual

TONES = {
    DetainerState.DRAFT: "neutral",
    DetainerState.TO_ISSUE: "warning",
    DetainerState.ISSUED: "info",
    DetainerState.PLACED: "success",
    DetainerState.ACTED_ON: "neutral",
    DetainerState.LIFTED: "neutral",
    DetainerState.WITHDRAWN: "neutral",
}
A_NUMBER = IdentifierKind.A_NUMBER
# Minutes before its end from which a clock of 48 hours warns.
SOON = 12 * 60

NO_RELEASE = "The end cannot be computed: no time of release is known."


@dataclass(frozen=True)
class End:
    """One of the two ends, as a page shows it.

    Attributes:
        given: whether the form gives this one.
        skipped: the days that do not count, in words.
    """

    label: str
    at: datetime
    shown: SafeString
    given: bool
    skipped: str = ""


@dataclass(frozen=True)
class Hours:
    """The 48 hours of a detainer.

    Attributes:
        missing: why there are no ends; empty where there are.
        given_by: what the form says, in words.
        shifted: that the clocks change between the release and an end.
        running: whether they have begun while the detainer stands.
        over: whether the end that the form gives has passed while the detainer stands.
    """

    given_by: str
    missing: str = ""
    release: SafeString | str = ""
    ends: tuple[End, ...] = ()
    shifted: bool = False
    running: bool = False
    over: bool = False


def there(moment: datetime, zone: str) -> SafeString:
    """A moment on the clock of the place of custody, with its weekday."""
    local = moment.astimezone(ZoneInfo(zone))
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time>',
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        f"{local:%a, %b} {local.day}, {local.year} {local:%H:%M} {local:%Z}",
    )


def identity_of(individual: Individual) -> list[Fact]:
    """Who the person is, as the form tells it; numbers masked."""
    numbers = [each for each in individual.identifiers.all() if each.kind == A_NUMBER]
    return [
        Fact(
            label="Date of birth",
            value="; ".join(each.shown for each in individual.birth_dates.all()),
        ),
        Fact(label="Sex", value=individual.sex),
        Fact(
            label="File number (A-Number)",
            value="; ".join(each.shown for each in numbers),
            mono=True,
        ),
    ]


def hours_of(detainer: Detainer, *, at: datetime) -> Hours:
    """The 48 hours of *detainer*, both ways, and which of the ends its form gives."""
    rule = detainer.says
    said = "says" if detainer.edition == Edition.I247A else "says, as its paper was read"
    given_by = f"Form {detainer.edition} {said}: {rule.label[:1].lower()}{rule.label[1:]}."
    ends = ends_of(detainer.release_at, rule=rule, zone=detainer.zone)
    if ends is None or detainer.release_at is None:
        return Hours(given_by, missing=NO_RELEASE)
    zone = detainer.zone
    skipped = not_counted(detainer.release_at, ends.working, zone)
    begun = detainer.state == DetainerState.PLACED and detainer.release_at <= at
    offsets = {
        each.astimezone(ZoneInfo(zone)).utcoffset()
        for each in (detainer.release_at, ends.plain, ends.working)
    }
    return Hours(
        given_by,
        release=there(detainer.release_at, zone),
        ends=(
            End(
                "Weekends and holidays included",
                ends.plain,
                there(ends.plain, zone),
                rule == Rule.PLAIN,
            ),
            End(
                "Without Saturdays, Sundays and federal holidays",
                ends.working,
                there(ends.working, zone),
                rule == Rule.WORKING,
                "; ".join(f"{day:%a, %b} {day.day} ({why})" for day, why in skipped),
            ),
        ),
        shifted=len(offsets) > 1,
        running=begun and ends.given is not None and at <= ends.given,
        over=begun and ends.given is not None and at > ends.given,
    )
