"""How the standing of a category looks on pages."""

from collections.abc import Mapping

from routine_uses.repeating.choices import Standing

STANDING_TONES: Mapping[str, str] = {
    Standing.PROPOSED: "warning",
    Standing.TO_COME: "info",
    Standing.IN_USE: "success",
    Standing.OVER: "neutral",
    Standing.REFUSED: "danger",
    Standing.ENDED: "neutral",
}
