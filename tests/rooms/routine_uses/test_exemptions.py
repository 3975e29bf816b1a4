"""Exemptions: what is claimed, what the law lets be claimed, and what never can be."""

import tomllib
from pathlib import Path

import pytest

from routine_uses import notice_files
from routine_uses.exemptions import NEVER, REACHABLE, judge_claim, strongest_claim

FOLDER = Path(notice_files.__file__).parent / "notices"
CLAIMED = {
    path.name: tomllib.loads(path.read_text(encoding="utf-8"))["exemptions"]
    for path in FOLDER.glob("*.toml")
    if "exemptions" in path.read_text(encoding="utf-8")
}
ACRIME = CLAIMED["dhs-ice-007-2013.toml"]
LEADTRAC = CLAIMED["dhs-ice-015-2016.toml"]


@pytest.mark.parametrize(
    ("under", "provision", "stands", "clause", "reason"),
    [
        ("(j)(2)", "(c)(3)", True, "552a(j)(2)", "claims (c)(3)"),
        ("(j)(2)", "(c)(4)", True, "552a(j)(2)", "claims (c)(4)"),
        ("(j)(2)", "(d)", True, "552a(j)(2)", "claims (d)"),
        ("(j)(2)", "(e)(8)", True, "552a(j)(2)", "claims (e)(8)"),
        ("(j)(2)", "(c)(1)", False, "552a(j)", "No exemption reaches (c)(1)"),
        ("(j)(2)", "(c)(2)", False, "552a(j)", "No exemption reaches (c)(2)"),
        ("(j)(2)", "(e)(6)", False, "552a(j)", "No exemption reaches (e)(6)"),
        ("(j)(2)", "(e)(7)", False, "552a(j)", "No exemption reaches (e)(7)"),
        ("(j)(2)", "(e)(4)(A)", False, "552a(j)", "No exemption reaches (e)(4)(A)"),
        ("(j)(2)", "(b)", False, "552a(j)", "No exemption reaches (b)"),
        ("(j)(2)", "(e)(4)(I)", False, "78 FR 10623", "does not claim (e)(4)(I)"),
        ("(k)(2)", "(c)(3)", True, "552a(k)(2)", "claims (c)(3)"),
        ("(k)(2)", "(c)(4)", False, "552a(k)(2)", "cannot reach (c)(4)"),
        ("(k)(2)", "(e)(5)", False, "552a(k)(2)", "cannot reach (e)(5)"),
        ("(k)(2)", "(g)", False, "552a(k)(2)", "cannot reach (g)"),
        ("(k)(2)", "(e)(4)(I)", False, "78 FR 10623", "does not claim (e)(4)(I)"),
        ("(k)(5)", "(d)", False, "552a(j), (k)", "is no exemption here"),
    ],
)
def test_what_this_notice_can_claim(
    under: str, provision: str, stands: bool, clause: str, reason: str
) -> None:
    claim = judge_claim(ACRIME, under=under, provision=provision, citation="78 FR 10623")
    assert claim.stands == stands
    assert clause in claim.clause
    assert reason in claim.reason


def test_leadtrac_claims_one_provision_more() -> None:
    for under in REACHABLE:
        claim = judge_claim(LEADTRAC, under=under, provision="(e)(4)(I)", citation="the notice")
        assert claim.stands


def test_the_strongest_exemption_is_found() -> None:
    assert strongest_claim(ACRIME, provision="(c)(4)", citation="x").clause.startswith(
        "5 U.S.C. 552a(j)(2)"
    )
    k_alone = [each for each in ACRIME if each["under"] == "(k)(2)"]
    assert strongest_claim(k_alone, provision="(c)(3)", citation="x").stands
    assert not strongest_claim(k_alone, provision="(c)(4)", citation="x").stands


def test_what_is_never_exempt_lies_outside_every_reach() -> None:
    for reach in REACHABLE.values():
        assert not reach & NEVER.keys()


def test_known_errors_are_recorded_and_not_repeated() -> None:
    for claimed in CLAIMED.values():
        under_k = next(each for each in claimed if each["under"] == "(k)(2)")
        assert "(c)(4)" not in under_k["reaches"]
    texts = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.toml")}
    errata = tomllib.loads(texts["dhs-ice-007-2013.toml"])["errata"]
    assert any("28 CFR 16.99" in each["text"] for each in errata)
    assert any("(c)(4)" in each["title"] for each in errata)
    # Nowhere but among the errors.
    assert sum(text.count("16.99") for text in texts.values()) == 1
