"""What the portal says at its start of the systems that it is to ask."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from acrime.iaq.choices import ResearchSource
from acrime.iaq.research.asking import unknown_connectors


@register()
def connected_systems_are_sources(**_: Any) -> list[CheckMessage]:
    """Every name in ACRIME_CONNECTORS is a source that research knows."""
    return [
        Error(
            f"ACRIME_CONNECTORS names {name}, which is no source of research.",
            hint=f"The sources are: {', '.join(ResearchSource.values)}.",
            id="acrime.E002",
        )
        for name in unknown_connectors()
    ]
