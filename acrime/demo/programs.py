"""The story of programs: a query that no rule decides, a change that waits, and other layouts."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.demo.messages import Asked, message_of
from acrime.iaq.intake import receive_message
from acrime.iaq.message import parse_message
from acrime.iaq.programs.actions import begin_table, keep_rule, propose_table
from acrime.iaq.programs.policy import Rule, table_of

# As a state's system would have it from IDENT: nobody was found.
NO_MATCH = (
    b"1.001:140\x1d1.002:0201\x1d1.003:1\x1f1\x1e2\x1f00\x1e\x1d1.004:SRE\x1d1.005:20261120\x1d"
    b"1.007:VT0000000\x1d1.008:USVISIT0Z\x1d1.009:sscn202632400000990\x1d1.010:42000000990\x1d"
    b"1.011:00.00\x1d1.012:00.00\x1c2.001:0000180\x1d2.002:00\x1d2.015:VT00000990\x1d"
    b"2.018:MUESTRA,LEO\x1d2.059:N\x1d2.073:VT0000007\x1d"
    b"2.075:IDENT Data Response (IDR)\n\n- NO MATCH -\x1c"
)


def tell_of_programs(people: Mapping[str, User], *, switch: User, at: datetime) -> tuple[int, int]:
    """A supervisor proposes a rule; somebody's background check waits for its program.

    Returns how many queries were opened, and how many messages lie on the desk.
    """
    _proposed(people["supervisor"], at=at - timedelta(minutes=50))
    came = at - timedelta(minutes=25)
    undecided = message_of(
        Asked("UNGEWISS, ROBERTA", "19900214", sex="F", remark="BACKGROUND CHECK FOR ACCESS"),
        at=came,
    )
    as_json = parse_message(
        message_of(Asked("JASON, FORMAT", "19880816", purpose="J", custody="N"), at=came)
    )
    for raw in (undecided, json.dumps(dict(as_json.fields)).encode()):
        receive_message(raw, actor=switch, at=came, channel=Channel.COMMAND)
    receive_message(NO_MATCH, actor=switch, at=came, channel=Channel.COMMAND)
    return 2, 1


def _proposed(supervisor: User, *, at: datetime) -> None:
    draft = begin_table(actor=supervisor, at=at)
    rule = Rule(
        key="background-check-by-the-fbi",
        rank=15,
        program="NONCRIMINAL",
        purposes=("C",),
        senders=("WVFBIID00",),
        remarks=("BACKGROUND CHECK",),
        note="Background checks that come by way of the FBI with purpose C (synthetic example).",
    )
    keep_rule(table=draft, rule=rule, actor=supervisor, at=at)
    rules = {each.key: each for each in table_of(draft.content).rules}
    widened = replace(rules["event-remarks"], remarks=(*rules["event-remarks"].remarks, "SEAR"))
    keep_rule(table=draft, rule=widened, replaces=widened.key, actor=supervisor, at=at)
    propose_table(
        table=draft,
        reason="Each week a dozen background checks wait although nobody doubts what they are.",
        actor=supervisor,
        at=at,
    )
