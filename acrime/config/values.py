"""Single values of the environment, each checked as it is read."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from acrime.common.network import Network, networks_from

# So often is a statement sent before it is prepared, unless it asks for that itself.
PREPARED_AFTER = 5


def values_of_file(path: Path) -> dict[str, str]:
    """KEY=VALUE lines of *path*; blank lines and lines that begin with # are skipped."""
    if not path.is_file():
        return {}
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#") and "=" in line:
            key, _, value = line.partition("=")
            pairs[key.strip()] = value.strip()
    return pairs


def month_and_day(values: Mapping[str, str], name: str, default: str) -> tuple[int, int]:
    """A day of every year, as month and day."""
    text = values.get(name, default)
    try:
        # A year without a 29 February, so that the day comes every year.
        day = date.fromisoformat(f"2001-{text}")
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a day of every year, such as 10-01.") from None
    return day.month, day.day


def required(values: Mapping[str, str], name: str) -> str:
    """The value of *name*.

    Raises:
        ImproperlyConfigured: it is not set.
    """
    value = values.get(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. `make run` writes it for a local portal; "
            "elsewhere set it in the environment."
        )
    return value


def for_production(values: Mapping[str, str], name: str, kind: str, otherwise: str) -> str:
    """The value of *name*; outside production *otherwise* where it is not set."""
    return required(values, name) if kind == "production" else values.get(name) or otherwise


def listed(values: Mapping[str, str], name: str, kind: str, otherwise: str) -> list[str]:
    """The parts of a value with commas between."""
    text = for_production(values, name, kind, otherwise)
    return [part.strip() for part in text.split(",") if part.strip()]


def number(
    values: Mapping[str, str], name: str, default: int, ceiling: int, *, floor: int = 1
) -> int:
    """A whole number from *floor* to *ceiling*."""
    text = values.get(name, str(default))
    if not text.isdecimal() or not floor <= int(text) <= ceiling:
        raise ImproperlyConfigured(f"{name} must be a whole number from {floor} to {ceiling}.")
    return int(text)


def file_named(values: Mapping[str, str], name: str, *, beside: str = "") -> Path | None:
    """The file that *name* points to, where it does; *beside* must then point to one too."""
    if not values.get(name):
        return None
    if beside and not values.get(beside):
        raise ImproperlyConfigured(f"{name} needs {beside} beside it.")
    path = Path(values[name])
    if not path.is_file():
        raise ImproperlyConfigured(f"{name} must name a file.")
    return path


def one_of(values: Mapping[str, str], name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    """One of the *allowed* values."""
    value = values.get(name) or otherwise
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(allowed)}.")
    return value


def lines_of(values: Mapping[str, str], name: str) -> frozenset[str]:
    """The lines of the file that *name* points to, without regard to case."""
    if not values.get(name):
        return frozenset()
    try:
        text = Path(values[name]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured(f"{name} must name a text file that can be read.") from None
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip())


def flag(values: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Whether the value is 1."""
    text = values.get(name, "1" if default else "0")
    if text not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1.")
    return text == "1"


def networks(values: Mapping[str, str], name: str) -> tuple[Network, ...]:
    """Networks with commas between."""
    try:
        return networks_from(values.get(name, ""))
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be networks such as 10.1.0.0/24, with commas between."
        ) from None


def database_from_url(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a ``postgresql://`` address.

    Query parameters are handed to the driver; ``host`` may name a socket folder. With
    ``prepared_statements=off`` nothing is prepared on the server, for a pooler that cannot.

    Raises:
        ImproperlyConfigured: the address is not PostgreSQL's or names no database.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user@host/name.")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    prepares = options.pop("prepared_statements", "on") != "off"
    host = str(options.pop("host", "") or unquote(parts.hostname or ""))
    port = str(options.pop("port", "") or (parts.port or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options
        | {
            "prepare_threshold": PREPARED_AFTER if prepares else None,
            "server_side_binding": True,
        },
    }
