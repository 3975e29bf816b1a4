"""Sealed values open only with a listed key, only in their place, and only unharmed."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from acrime.common.sealed import UnableToOpen, lookup_digest, seal, unseal
from acrime.config.environment import SealingKey
from acrime.iaq.models import InboundMessage, StatusQuery

PLACE = "room.Model.field"


def listed(settings: Settings, *keys: SealingKey) -> None:
    """Let *keys* be the portal's sealing keys."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, sealing_keys=keys)


OLD = SealingKey("old", b"o" * 32)
NEW = SealingKey("new", b"n" * 32)


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_unchanged(value: bytes) -> None:
    assert unseal(seal(value, place=PLACE), place=PLACE) == value


def test_the_same_value_never_looks_the_same() -> None:
    assert len({seal(b"value", place=PLACE) for _ in range(20)}) == 20


def test_a_value_moved_to_another_place_does_not_open() -> None:
    with pytest.raises(UnableToOpen):
        unseal(seal(b"value", place=PLACE), place="room.Model.other")


@given(data=st.data())
def test_a_harmed_value_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal(b"value", place=PLACE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(UnableToOpen):
        unseal(bytes(sealed), place=PLACE)


@given(st.integers(0, 37))
def test_a_cut_value_does_not_open(length: int) -> None:
    sealed = seal(b"value", place=PLACE)
    with pytest.raises(UnableToOpen):
        unseal(sealed[: min(length, len(sealed) - 1)], place=PLACE)


def test_keys_rotate(settings: Settings) -> None:
    listed(settings, OLD)
    before = seal(b"value", place=PLACE)
    listed(settings, NEW, OLD)
    after = seal(b"value", place=PLACE)

    assert unseal(before, place=PLACE) == unseal(after, place=PLACE) == b"value"
    listed(settings, NEW)
    assert unseal(after, place=PLACE) == b"value"
    with pytest.raises(UnableToOpen, match="ACRIME_SEALING_KEYS"):
        unseal(before, place=PLACE)


def test_another_key_of_the_same_name_does_not_open(settings: Settings) -> None:
    listed(settings, OLD)
    sealed = seal(b"value", place=PLACE)
    listed(settings, SealingKey("old", b"x" * 32))
    with pytest.raises(UnableToOpen):
        unseal(sealed, place=PLACE)


def test_errors_hold_neither_value_nor_key() -> None:
    with pytest.raises(UnableToOpen) as error:
        unseal(seal(b"QUILLABEE", place=PLACE), place="elsewhere")

    assert "QUILLABEE" not in str(error.value)
    assert error.value.__suppress_context__


def test_lookup_is_keyed_and_kept_apart_by_kind(settings: Settings) -> None:
    digest = lookup_digest("A_NUMBER", "099000123")

    assert digest == lookup_digest("A_NUMBER", "099000123")
    assert digest != lookup_digest("SSN", "099000123")
    assert b"099000123" not in digest
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, lookup_key=b"k" * 32)
    assert digest != lookup_digest("A_NUMBER", "099000123")


# --- Columns ---------------------------------------------------------------------------------


def column(query: StatusQuery, name: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM iaq_query WHERE record_id = %s", [query.pk])  # noqa: S608
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_columns_lie_sealed_and_are_read_open(received_query: StatusQuery) -> None:
    for name in ("a_number", "fbi_number", "ssn", "state_ids", "remarks", "fields"):
        value = getattr(received_query, name)
        assert value
        assert str(value).encode() not in bytes(column(received_query, name))


@pytest.mark.django_db
def test_nothing_is_sealed_as_nothing(received_query: StatusQuery) -> None:
    assert received_query.license_number is None
    assert column(received_query, "license_number") is None


@pytest.mark.django_db
def test_a_value_copied_to_another_column_does_not_open(received_query: StatusQuery) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE iaq_query SET ssn = a_number")
    with pytest.raises(UnableToOpen):
        StatusQuery.objects.get(pk=received_query.pk)


@pytest.mark.django_db
def test_a_sealed_column_cannot_be_searched(received_query: StatusQuery) -> None:
    """Each seal differs, so a comparison would quietly find nothing."""
    with pytest.raises(FieldError):
        StatusQuery.objects.filter(a_number="A099000123")
    assert StatusQuery.objects.filter(a_number__isnull=False).count() == 1


@pytest.mark.django_db
def test_sealed_text_is_not_serialised(received_query: StatusQuery) -> None:
    with pytest.raises(TypeError, match="not serialised"):
        serializers.serialize("json", [received_query])


@pytest.mark.django_db
def test_sealed_bytes_are_not_serialised(received_query: StatusQuery, at: datetime) -> None:
    with pytest.raises(TypeError, match="not serialised"):
        serializers.serialize("json", InboundMessage.objects.all())
