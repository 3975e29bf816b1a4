"""The NCIC tables: the codes that mislead are the ones worth testing."""

import pytest

from acrime.iaq import codes


@pytest.mark.parametrize(
    ("code", "beginning"),
    [
        ("HD", "HONDURAS"),
        ("HN", "VANUATU"),
        ("NB", "NEBRASKA"),
        ("NE", "NETHERLANDS"),
        ("AM", "AMERICAN SAMOA"),
        ("AS", "AUSTRALIA"),
        ("PQ", "QUEBEC"),
        ("MM", "MEXICO"),
        ("RC", "CHINA"),
        ("XX", "UNKNOWN PLACE OF BIRTH"),
        ("YY", "UNLISTED"),
    ],
)
def test_places_go_by_ncic_codes(code: str, beginning: str) -> None:
    name = codes.pob_name(code)
    assert name is not None
    assert name.startswith(beginning)
    assert not codes.is_reference_only(code)


@pytest.mark.parametrize("code", ["CN", "CX", "KR", "VM", "SX", "YE"])
def test_reference_only_places_are_not_usable(code: str) -> None:
    assert codes.is_reference_only(code)
    assert codes.pob_name(code) is None
    assert codes.reference_note(code)


@pytest.mark.parametrize("code", ["", "ZZ", "hd", "HONDU", "H D", "M\n"])
def test_other_places_are_unknown(code: str) -> None:
    assert codes.pob_name(code) is None
    assert not codes.is_reference_only(code)
    assert codes.reference_note(code) is None


def test_every_table_is_there_whole() -> None:
    assert len(codes.pob_codes()) == 51 + 16 + 13 + 32 + 267
    assert len(codes.offense_codes()) == 464
    assert not [name for name in codes.pob_codes().values() if "BOAT" in name]


def test_offenses_and_sexes() -> None:
    assert codes.offense_name("8003") == "SUBJECT IS A DEPORTED CRIMINAL/AGGRAVATED FELON"
    assert codes.offense_name(codes.OFFENSE_NOT_STATED) == "IMMIGRATION"
    assert codes.offense_name("9999") is None
    assert codes.sex_name("F") == "FEMALE"
    assert codes.sex_name("XX") is None
    assert codes.sex_name("X") is None


def test_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        codes.pob_codes()["ZZ"] = "NOWHERE"  # type: ignore[index]
