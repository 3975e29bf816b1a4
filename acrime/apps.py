"""The system of records."""

from importlib import import_module

from django.apps import AppConfig

# Rooms whose modules register something with a lower room when the portal starts.
REGISTERING = (
    "accounts.signing_in.resealing",
    "acrime.audit.checks",
    "acrime.audit.history",
    "acrime.alerts.fanout",
    "acrime.alerts.mail",
    "acrime.calls.changes",
    "acrime.calls.pages",
    "acrime.detainers.changes",
    "acrime.detainers.pages",
    "acrime.iaq.changes",
    "acrime.iaq.clocks.actions",
    "acrime.iaq.research.asking",
    "acrime.iaq.research.checks",
    "acrime.iar.changes",
    "acrime.iar.delivering.handler",
    "acrime.iar.pages",
    "acrime.iar.sources",
    "acrime.individuals.changes",
    "acrime.ncic.changes",
    "acrime.records.addresses",
    "acrime.tips.changes",
    "acrime.individuals.corrected",
    "acrime.individuals.disclosed",
    "acrime.individuals.merging.family",
    "acrime.demo.events",
    "acrime.individuals.facts.protected",
)


class AcrimeConfig(AppConfig):
    name = "acrime"
    verbose_name = "System of records"

    def ready(self) -> None:
        for module in REGISTERING:
            import_module(module)
