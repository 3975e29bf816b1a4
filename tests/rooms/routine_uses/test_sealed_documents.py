"""The seal of a disclosure record: both standards still, any byte told, keys that change."""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any, TypeVar

import page as pdf_checker
import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pytest_django import Settings

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common import sealing
from acrime.common.conformance import SEAL_FIELD
from acrime.common.document_keys import key_from_pkcs12
from acrime.common.sealing import UnableToSeal, seal
from routine_uses import access, verification
from routine_uses.actions import DisclosedRecord
from tests.conftest import Clock
from tests.rooms.routine_uses.conftest import Disclose
from tests.support.documents import RULES, broken_rules
from tests.support.keys import PASSPHRASE, Authority

pytestmark = pytest.mark.django_db

Result = TypeVar("Result")

MANY = [
    DisclosedRecord(n, f"IAR-2026-0000-{n:04}", (f"IND-2026-0000-{n // 2:04}",))
    for n in range(1, 61)
]


def by_itself(work: Callable[[], Result]) -> Result:
    """What *work* returns, in a thread in which no loop of a browser test runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def checked(document: bytes, authority: Authority | None = None) -> PdfSignatureStatus:
    """What a reader that trusts *authority* makes of the seal."""
    roots = [authority.certificate.public_bytes(Encoding.DER)] if authority else []
    context = ValidationContext(trust_roots=[x509.Certificate.load(root) for root in roots])
    [signature] = PdfFileReader(BytesIO(document)).embedded_signatures
    return by_itself(lambda: validate_pdf_signature(signature, signer_validation_context=context))


def verified(document: bytes, user: User, clock: Clock) -> bool:
    return access.verify_file(
        sha256=hashlib.sha256(document).hexdigest(),
        user=user,
        at=clock.now(),
        channel=Channel.PAGE,
    )


@pytest.mark.parametrize("records", [MANY[:1], MANY[:3], MANY], ids=["1", "3", "60"])
@pytest.mark.parametrize("profile", RULES, ids=["PDF/UA-1", "PDF/A-2a"])
def test_a_sealed_record_passes_every_rule_of_both_standards(
    disclose: Disclose,
    records: list[DisclosedRecord],
    profile: pdf_checker.ValidationProfile,
) -> None:
    assert broken_rules(bytes(disclose(records=records).document), profile) == []


def test_many_records_go_on_over_pages_each_with_its_headings_and_place(
    disclose: Disclose,
) -> None:
    made = disclose(records=MANY)
    with pikepdf.open(BytesIO(bytes(made.document))) as document:
        assert len(document.pages) == 3
        assert document.pdf_version == "1.7"
        tables, headings = [], []
        for each in document.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem":
                if each.S == "/THead":
                    tables.append(each)
                if each.S == "/TH":
                    headings.append(str(each.A.Scope))
        assert len(tables) == 2
        assert headings.count("/Column") == 2 * 3
        assert headings.count("/Row") >= 12


def test_few_records_stay_on_one_page(disclose: Disclose) -> None:
    with pikepdf.open(BytesIO(bytes(disclose(records=MANY[:6]).document))) as document:
        assert len(document.pages) == 1


def test_the_seal_adds_to_the_document_and_both_hashes_are_kept(disclose: Disclose) -> None:
    made = disclose()
    document = bytes(made.document)
    made.refresh_from_db()
    assert bytes(made.document) == document
    assert hashlib.sha256(document).hexdigest() == made.document_sha256
    first_end = document.index(b"%%EOF") + len(b"%%EOF\n")
    assert hashlib.sha256(document[:first_end]).hexdigest() == made.unsealed_sha256


def test_the_seal_is_the_portals_of_that_moment_and_allows_no_change(
    disclose: Disclose, settings: Settings
) -> None:
    made = disclose()
    found = checked(bytes(made.document))
    assert found.intact
    assert found.valid
    assert found.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert found.signer_reported_dt == made.disclosed_at
    assert hashlib.sha256(found.signing_cert.dump()).hexdigest() == made.certificate_sha256
    assert made.certificate_sha256 == settings.DOCUMENT_KEY.fingerprint
    # The training key vouches for itself, so nobody else takes it for the agency's.
    assert not found.trusted
    with pikepdf.open(BytesIO(bytes(made.document))) as document:
        [field] = document.Root.AcroForm.Fields
        assert str(field.T) == SEAL_FIELD
        assert "/TU" in field
        assert int(field.V.Reference[0].TransformParams.P) == 1


@pytest.mark.parametrize("part", [0.1, 0.4, 0.6])
def test_a_changed_byte_is_told_by_the_seal_and_by_the_portal(
    disclose: Disclose, analyst: User, clock: Clock, part: float
) -> None:
    original = bytes(disclose().document)
    place = int(len(original) * part)
    forged = original[:place] + bytes([original[place] ^ 1]) + original[place + 1 :]
    assert verified(original, analyst, clock)
    assert not verified(forged, analyst, clock)
    try:
        intact = checked(forged).intact
    except Exception:  # noqa: BLE001  # a reader may also be unable to read it any more
        intact = False
    assert not intact


def test_after_a_change_of_keys_old_records_are_verifiable(
    disclose: Disclose, analyst: User, clock: Clock, settings: Settings
) -> None:
    authority = Authority()
    settings.DOCUMENT_KEY = key_from_pkcs12(authority.file("First"), PASSPHRASE)
    old = disclose()
    settings.DOCUMENT_KEY = key_from_pkcs12(authority.file("Second"), PASSPHRASE)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    clock.move(timedelta(days=400))
    new = disclose(at=clock.now())

    assert old.certificate_sha256 != new.certificate_sha256
    for made, name in ((old, "First"), (new, "Second")):
        assert verified(bytes(made.document), analyst, clock)
        assert verification.fits(made.verification_code, verification.facts_of(made))
        found = checked(bytes(made.document), authority)
        assert found.intact
        assert found.valid
        assert found.trusted
        assert found.signing_cert.subject.native["common_name"] == name


def test_an_rsa_key_seals_too_and_fits_its_place(disclose: Disclose, settings: Settings) -> None:
    authority = Authority()
    settings.DOCUMENT_KEY = key_from_pkcs12(
        authority.file("Large", key=rsa.generate_private_key(65537, 4096), passphrase=""), ""
    )
    found = checked(bytes(disclose().document), authority)
    assert found.intact
    assert found.trusted


def test_where_a_loop_runs_already_sealing_works_too(disclose: Disclose, clock: Clock) -> None:
    original = bytes(disclose().document)
    unsealed = original[: original.index(b"%%EOF") + len(b"%%EOF\n")]

    async def within() -> bytes:
        return seal(unsealed, at=clock.now(), reason="Test").content

    assert checked(by_itself(lambda: asyncio.run(within()))).intact


def test_what_has_no_field_is_not_sealed_and_the_fault_quotes_nothing(clock: Clock) -> None:
    with pytest.raises(UnableToSeal) as refusal:
        seal(b"%PDF-1.7 SECRETNAME", at=clock.now(), reason="Test")
    assert "SECRETNAME" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_the_key_is_read_once(
    disclose: Disclose, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DOCUMENT_KEY = key_from_pkcs12(Authority().file("Once"), PASSPHRASE)
    disclose()
    presses: Callable[[Any], Any] = sealing._press
    before = presses.cache_info()  # type: ignore[attr-defined]
    disclose()
    after = presses.cache_info()  # type: ignore[attr-defined]
    assert after.misses == before.misses
    assert after.hits == before.hits + 1


def test_a_half_sealed_row_is_refused_by_the_database(disclose: Disclose) -> None:
    made = disclose()
    made.pk, made.number, made.unsealed_sha256 = None, "DIS-2026-0000-0000", ""
    with pytest.raises(IntegrityError, match="disclosure_sealed_whole"):
        made.save(force_insert=True)
