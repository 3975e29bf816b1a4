"""The settings a local portal and a test run get through the environment."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from acrime.bootstrap.database import PORTAL_URL_START, URL_START
from acrime.bootstrap.packages import find_browser
from acrime.bootstrap.places import VAR

# Fixed, public and therefore worthless outside a test run.
_TEST_KEY = base64.b64encode(b"only for tests, never for people").decode()


def ensure_env_file(path: Path) -> None:
    """Write a local portal's settings with new random keys, unless the file is there already.

    The sealing and lookup keys in it open the personal data in the database: losing the file
    loses them, so what it holds is never written again and only its owner may read it. A key
    that it does not have yet is added.
    """
    if path.exists():
        lines = _lines(path)
        if not any(line.startswith("ACRIME_SEAL_KEY=") for line in lines):
            _write_private(path, "".join([*lines, f"ACRIME_SEAL_KEY=k1:{_random_key()}\n"]))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = {
        "ACRIME_ENV": "local",
        "ACRIME_SECRET_KEY": secrets.token_urlsafe(50),
        "ACRIME_SEALING_KEYS": f"k1:{_random_key()}",
        "ACRIME_LOOKUP_KEY": _random_key(),
        "ACRIME_SEAL_KEY": f"k1:{_random_key()}",
    }
    _write_private(
        path,
        "# Written once by set-up. Without these keys the sealed data cannot be read again.\n"
        + "".join(f"{key}={value}\n" for key, value in settings.items()),
    )


def given_database_url(env_file: Path) -> str:
    """The DATABASE_URL a person has set, in the environment or in *env_file*; else empty."""
    if url := os.environ.get("DATABASE_URL", ""):
        return url
    for line in _lines(env_file):
        key, _, value = map(str.strip, line.partition("="))
        if key == "DATABASE_URL" and not value.startswith((URL_START, PORTAL_URL_START)):
            return value
    return ""


def note_embedded_urls(env_file: Path, *, portal: str, owner: str) -> None:
    """Put the embedded server's addresses into *env_file*, so that manage.py finds them too.

    They change when the clone is moved; every other line stays as it is.
    """
    lines = _lines(env_file)
    wanted = [f"DATABASE_URL={portal}\n", f"ACRIME_OWNER_DATABASE_URL={owner}\n"]
    if not set(wanted) <= set(lines):
        names = ("DATABASE_URL=", "ACRIME_OWNER_DATABASE_URL=")
        kept = [line for line in lines if not line.startswith(names)]
        _write_private(env_file, "".join([*kept, *wanted]))


def environment_for_tests(
    *, database_url: str, folder: Path, template: str = ""
) -> Mapping[str, str]:
    """The environment of a test run: nothing of the local portal's settings is left in it.

    Args:
        database_url: the server the test database is made on.
        folder: where broker and spool folders go.
        template: the database that the test database is a copy of, its tables made.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ACRIME_")}
    # A run starts many processes, which load the same modules: what was compiled is kept. Who
    # wants none of it beside the sources has it where set-up puts everything.
    if inherited.pop("PYTHONDONTWRITEBYTECODE", ""):
        inherited["PYTHONPYCACHEPREFIX"] = str(VAR / "pycache")
    return inherited | {
        "ACRIME_ENV": "test",
        "ACRIME_ENV_FILE": os.devnull,
        "ACRIME_VAR_DIR": str(folder),
        "ACRIME_SECRET_KEY": _TEST_KEY,
        "ACRIME_SEALING_KEYS": f"k1:{_TEST_KEY}",
        "ACRIME_LOOKUP_KEY": _TEST_KEY,
        "ACRIME_SEAL_KEY": f"k1:{_TEST_KEY}",
        "ACRIME_TEST_TEMPLATE": template,
        "ACRIME_CHROMIUM": find_browser() or "",
        "DATABASE_URL": database_url,
    }


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []


def _write_private(path: Path, text: str) -> None:
    """Replace *path* in one step by a file that only its owner may read."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
