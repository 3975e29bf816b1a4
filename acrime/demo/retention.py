"""How long things are kept, in the story: an approved schedule waits for its second person."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accounts.models import User
from acrime.demo.papers import empty_paper
from acrime.retention.authorities.actions import Terms, propose
from routine_uses.choices import Trigger


def tell_of_retention(people: Mapping[str, User], *, at: datetime) -> None:
    """The records officer proposes a schedule for firearm checks; a privacy officer has to look."""
    propose(
        terms=Terms(
            code="IAQ-BRADY",
            number="DAA-0567-2099-0001-0001",
            citation="Synthetic schedule for training, item 1",
            effective_on=date(2014, 1, 2),
            trigger=Trigger.ANSWERED.value,
            years=5,
        ),
        reason="A synthetic document for training. The Archivist approved nothing of the kind.",
        own_agency=True,
        document=empty_paper(),
        document_name="schedule.pdf",
        actor=people["records"],
        at=at - timedelta(hours=5),
    )
