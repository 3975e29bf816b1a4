"""Synthetic query messages in the layout in which they arrive."""

from dataclasses import dataclass
from datetime import datetime

from acrime.common.eastern import EASTERN


@dataclass(frozen=True)
class Asked:
    """What one synthetic query asks. ``encounters`` are lines of seven parts."""

    name: str
    born: str
    sex: str = "M"
    arrest_ori: str = "VT0000007"
    ori: str = "WVFBIID00"
    place: str = "XX"
    offense: str = "0399"
    purpose: str = "C"
    custody: str = "Y"
    fbi: str = ""
    a_number: str = ""
    state_id: str = ""
    transaction: str = ""
    remark: str = ""
    encounters: tuple[str, ...] = ()


def message_of(asked: Asked, *, at: datetime) -> bytes:
    """The message, stamped with Eastern time *at*."""
    remark = asked.remark
    if asked.transaction:
        remark = f"IDSM={asked.transaction} {remark}".strip()
    if asked.encounters:
        listed = " ".join(asked.encounters)
        remark += f" ENCOUNTER INFO[EID;LAST;FIRST;MIDDLE;DOB;POB;SEX]{listed}"
    lines = [
        f"IAQ RECEIVED: {at.astimezone(EASTERN):%m/%d/%y %I:%M:%S %p}",
        f"ORI/ {asked.ori} ATN/ORI={asked.arrest_ori}",
        "PHN/8025550100",
        f"NAM/ {asked.name}",
        f"DOB/ {asked.born} CUS/ {asked.custody} OFF/{asked.offense} "
        f"PUR/ {asked.purpose} POB/{asked.place} SEX/{asked.sex}",
        f"FBI/{asked.fbi}",
        f"ARN/{asked.a_number} SOC/",
        f"SID/{asked.state_id}",
        f"REM/ {remark}",
        "**** QUERY MESSAGE TEXT ENDS - L.E.S.C. RESPONSE BEGINS ****",
    ]
    return ("\n".join(lines) + "\n").encode("ascii")
