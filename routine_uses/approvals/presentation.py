"""How approvals are shown."""

from collections.abc import Mapping

from routine_uses.approvals.choices import Standing

STANDING_TONES: Mapping[str, str] = {
    Standing.WAITING: "warning",
    Standing.GRANTED: "success",
    Standing.USED: "info",
    Standing.REFUSED: "danger",
    Standing.WITHDRAWN: "neutral",
    Standing.EXPIRED: "neutral",
}
