"""Calls as pages show them."""

from acrime.calls.choices import Verification

TONES = {
    Verification.UNVERIFIED: "warning",
    Verification.VERIFIED: "success",
    Verification.FAILED: "danger",
}
