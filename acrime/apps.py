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
    "acrime.calls.held",
    "acrime.calls.pages",
    "acrime.calls.retention_facts",
    "acrime.detainers.changes",
    "acrime.detainers.held",
    "acrime.detainers.pages",
    "acrime.detainers.retention_facts",
    "acrime.iaq.changes",
    "acrime.iaq.clocks.actions",
    "acrime.iaq.research.asking",
    "acrime.iaq.research.checks",
    "acrime.iar.changes",
    "acrime.iar.delivering.handler",
    "acrime.iar.held",
    "acrime.iar.pages",
    "acrime.iar.retention_facts",
    "acrime.iar.sources",
    "acrime.individuals.changes",
    "acrime.individuals.held",
    "acrime.individuals.retention_facts",
    "acrime.ncic.changes",
    "acrime.ncic.held",
    "acrime.ncic.retention_facts",
    "acrime.records.addresses",
    "acrime.retention.pages",
    "acrime.retention.holds.events",
    "acrime.retention.holds.pages",
    "acrime.retention.holds.telling",
    "acrime.tips.changes",
    "acrime.tips.held",
    "acrime.tips.retention_facts",
    "acrime.individuals.corrected",
    "acrime.individuals.disclosed",
    "acrime.individuals.merging.family",
    "acrime.demo.events",
    "acrime.individuals.facts.protected",
    # What becomes of every field when a record is destroyed, and the check that it is all said.
    "accounts.fates",
    "routine_uses.fates",
    "acrime.audit.fates",
    "acrime.records.fates",
    "acrime.retention.fates.own",
    "acrime.individuals.fates",
    "acrime.alerts.fates",
    "acrime.iaq.fates",
    "acrime.iar.fates",
    "acrime.ncic.fates",
    "acrime.calls.fates",
    "acrime.detainers.fates",
    "acrime.tips.fates",
    "acrime.retention.fates.checks",
)


class AcrimeConfig(AppConfig):
    name = "acrime"
    verbose_name = "System of records"

    def ready(self) -> None:
        for module in REGISTERING:
            import_module(module)
