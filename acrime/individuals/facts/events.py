"""Events of what is known of a person."""

from acrime.audit.events import declare

VALUE_ADDED = declare("individual.value.added", "Added to what is known of the individual")
FACT_NOTED = declare(
    "individual.fact.noted", "Noted a protection, the standing or a category of the individual"
)
PHOTOGRAPH_VIEWED = declare(
    "individual.photograph.viewed", "Looked at a photograph of the individual", look=True
)
