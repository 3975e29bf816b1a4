"""Which special protections lie on records: what the gate below asks of this room."""

from collections.abc import Sequence

from acrime.individuals.disclosed import Individuals
from acrime.individuals.facts.choices import About
from acrime.individuals.facts.querysets import facts_in_force
from routine_uses.protected import Protected, register_protections


@register_protections
def protections(record_ids: Sequence[int]) -> list[Protected]:
    """The protections in force on everybody whom the records are about, whoever may see them."""
    people = Individuals().of_records(record_ids)
    everybody = {each for found in people.values() for each in found}
    if not everybody:
        return []
    held = facts_in_force(everybody, about=About.PROTECTION)
    return [
        Protected(record, fact.code, fact.since)
        for record, individuals in people.items()
        for individual in individuals
        for fact in held.get(individual, [])
    ]
