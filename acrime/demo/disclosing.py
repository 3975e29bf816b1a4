"""The story of disclosing: a Chief Privacy Officer, a draft, an approval that waits, a refusal."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.demo.papers import empty_paper
from acrime.iar.models import StatusResponse
from routine_uses.actions import DisclosureRefused, add_recipient
from routine_uses.approvals.actions import designate_chief
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field, Method, Purpose, RecipientType
from routine_uses.wizard.actions import (
    Description,
    ask_for_draft,
    begin_draft,
    choose_ground,
    describe_draft,
)


def tell_of_disclosing(people: Mapping[str, User], *, at: datetime) -> None:
    """A court ordered a copy; what is still missing waits for counsel and a supervisor."""
    designate_chief(
        person=people["privacy"],
        actor=people["admin"],
        at=at - timedelta(days=20),
        channel=Channel.COMMAND,
    )
    court = add_recipient(
        actor=people["privacy"],
        at=at - timedelta(days=3),
        name="Superior Court of the Sample District (synthetic)",
        type=RecipientType.COURT,
        address_lines=["Clerk of Court", "1 Example Avenue", "Montpelier, VT 05602"],
        channel=Channel.COMMAND,
    )
    analyst, then = people["analyst"], at - timedelta(hours=2)
    response = StatusResponse.objects.select_related("record").order_by("-released_at")[0]
    draft = begin_draft(numbers=[response.record.number], actor=analyst, at=then)
    describe_draft(
        draft=draft,
        description=Description(
            recipient=court,
            purpose=Purpose.COURT_ORDER,
            method=Method.PAPER,
            nature="Certified copy of the status response, as ordered",
            fields=[Field.NAME, Field.IMMIGRATION_STATUS],
        ),
        actor=analyst,
        at=then,
    )
    # The narrow routine use does not carry the name; the refusal goes to the privacy office.
    with suppress(DisclosureRefused):
        choose_ground(draft=draft, code="EE", actor=analyst, at=then)
    choose_ground(draft=draft, code="b11", actor=analyst, at=then)
    ask_for_draft(
        draft=draft,
        kind=ApprovalKind.COURT_ORDER,
        reason="The court wants a certified copy by the end of the month.",
        papers=[("order-26-101.pdf", empty_paper())],
        actor=analyst,
        at=then,
    )
