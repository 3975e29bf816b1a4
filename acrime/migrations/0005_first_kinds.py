"""Version 1 of each kind of conclusion."""

import hashlib
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import migrations

FIRST = Path(__file__).parents[1] / "iaq" / "kinds" / "first.toml"
# The file is part of this migration: what it brought does not change with it.
FIRST_SHA256 = "e919e7e4fd11a2c3a7e47d910011f0eb7f60cfbac41963e72abd1e8383d8d7b0"
IN_FORCE_FROM = datetime(2026, 1, 1, tzinfo=UTC)


def bring_first_kinds(apps: Any, _: Any) -> None:
    """Version 1 of each kind, from the reviewed file."""
    data = FIRST.read_bytes()
    if hashlib.sha256(data).hexdigest() != FIRST_SHA256:
        raise RuntimeError("first.toml is not the file that was reviewed for this migration.")
    versions = apps.get_model("acrime", "ConclusionVersion")
    for code, kind in tomllib.loads(data.decode("utf-8")).items():
        versions.objects.create(
            code=code,
            version=1,
            label=kind["label"],
            headline=kind["headline"],
            lead=kind["lead"],
            required_fields=kind["required"],
            optional_fields=kind["optional"],
            closing=kind["closing"],
            needs_person=kind.get("needs_person", True),
            supervisor_reviews=kind.get("supervisor_reviews", False),
            in_force_from=IN_FORCE_FROM,
        )


def take_them_away(apps: Any, schema_editor: Any) -> None:
    """The versions, where nothing was determined under them yet."""
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    apps.get_model("acrime", "ConclusionVersion").objects.all().delete()


class Migration(migrations.Migration):
    # Names under which a database may know what is here now.
    replaces = [
        ("acrime", name)
        for name in (
            "0016_answers",
            "0017_the_centers_day",
            "0018_ncic_and_calls",
            "0020_entering_people",
            "0022_tips",
            "0023_detainers",
            "0025_messages_from_a_folder",
        )
    ]
    dependencies = [("acrime", "0004_guards")]

    operations = [migrations.RunPython(bring_first_kinds, take_them_away)]
