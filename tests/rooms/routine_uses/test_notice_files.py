"""What a notice file must be before it is loaded."""

from pathlib import Path

import pytest

from routine_uses import notice_files
from routine_uses.notice_files import NoticeFileInvalid, parse

FILES = sorted((Path(notice_files.__file__).parent / "notices").glob("*.toml"))
GOOD = next(path for path in FILES if path.name == "dhs-ice-007-2013.toml").read_text(
    encoding="utf-8"
)
NEW_IN_2013 = ["J", "N", "V", "X", "Y", "Z", "AA", "BB", "CC", "DD", "EE"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_of_the_portal_is_valid(path: Path) -> None:
    parse(path.read_bytes())


def test_the_2013_notice_is_whole() -> None:
    file = parse(GOOD.encode())
    assert [use["letter"] for use in file.routine_uses] == notice_files.letters(33)
    assert [use["letter"] for use in file.routine_uses if use["is_new"]] == NEW_IN_2013
    assert len(file.record_categories) == 9
    assert len(file.document["purposes"]) == 7
    assert [each["key"] for each in file.document["individuals"]] == [
        "1 A", "1 B", "1 C", "1 D", "2", "3", "4",
    ]  # fmt: skip
    assert {item["code"]: item["years"] for item in file.retention_items} == {
        "IAQ-CRIMINAL": 75,
        "IAQ-SEX-OFFENDER": 75,
        "IAQ-NONCRIMINAL": 30,
        "IAQ-BRADY": 5,
        "IAQ-SPECIAL-EVENT": 5,
        "IAQ-OPM": 5,
        "NCIC": 75,
        "CALL-HIT": 75,
        "CALL-FOLLOWUP": None,
        "TIP": 10,
    }


@pytest.mark.parametrize(
    ("part", "instead", "problem"),
    [
        ('letter = "C"', 'letter = "D"', "missing: C; unknown or repeated: D"),
        ('letter = "GG"', 'letter = "HH"', "missing: GG; unknown or repeated: HH"),
        ('recipients = ["CONTRACTOR"]', 'recipients = ["ANYBODY"]', "unknown recipients: ANYBODY"),
        ('bodies = ["OMB"]', 'bodies = ["CIA"]', "unknown bodies: CIA"),
        ('never = ["BAIL_BOND"]', 'never = ["BANKS"]', "unknown never: BANKS"),
        ('purposes = ["CONTRACT_WORK"]', 'purposes = ["FUN"]', "unknown purposes: FUN"),
        ('"A_NUMBER", ', '"EVERYTHING", ', "unknown only_fields: EVERYTHING"),
        ('kind = "fact"', 'kind = "guess"', "has an unknown kind"),
        ('answer = "reference"', 'answer = "maybe"', "has an unknown answer"),
        ('citation = "78 FR 10623, routine use K"', "", "Routine use K: lacks citation"),
        ('citation = "74 FR 45079"', "", "[[errata]] 1 lacks citation"),
        ('"(e)(5)", ', '"(e)(6)", ', "under (j)(2) cannot reach (e)(6)"),
        ('"(e)(5)", ', '"(c)(1)", ', "under (j)(2) cannot reach (c)(1)"),
        ('"(e)(5)", ', '"(c)(2)", ', "under (j)(2) cannot reach (c)(2)"),
        ('"(e)(5)", ', '"(e)(7)", ', "under (j)(2) cannot reach (e)(7)"),
        ('reaches = ["(c)(3)", "(d)"', 'reaches = ["(c)(4)", "(d)"', "(k)(2) cannot reach (c)(4)"),
        ('under = "(k)(2)"', 'under = "(k)(9)"', "Exemption under (k)(9) is not known"),
        ('status = "PROPOSED"', 'status = "APPROVED"', "a file can only propose"),
        ('trigger = "UNSTATED"', 'trigger = "SOMETIME"', "unknown trigger"),
        ('code = "NCIC"', 'code = "TIP"', "repeats a code"),
        ('trigger = "AS_PARENT"', 'trigger = "UNSTATED"', "years are wanted"),
        ("published = 2013-02-14", "published = 2014-02-14", "effective before it was published"),
        ("published = 2013-02-14", 'published = "then"', "must be dates"),
        ('system_number = "DHS/ICE-007"', "", "[notice] lacks system_number"),
        ("number = 3", "number = 4", "numbered from 1 without gaps"),
        ("[notice]", "[notice", "not a TOML file"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(part: str, instead: str, problem: str) -> None:
    assert part in GOOD
    with pytest.raises(NoticeFileInvalid) as refused:
        parse(GOOD.replace(part, instead, 1).encode())
    assert problem in refused.value.message


def test_everything_wrong_is_told_at_once() -> None:
    broken = GOOD.replace('letter = "C"', 'letter = "CC"').replace('"(e)(5)", ', '"(e)(6)", ')
    with pytest.raises(NoticeFileInvalid) as refused:
        parse(broken.encode())
    assert len(refused.value.problems) == 2
