"""The environment is read once, and a start without a needed value is refused."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured

from acrime.config.environment import Environment, read_environment, sealing_keys_from
from acrime.config.values import database_from_url, values_of_file
from tests.support.keys import PASSPHRASE, Authority

KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()

PRODUCTION = {
    "ACRIME_ENV": "production",
    "ACRIME_SECRET_KEY": "secret",
    "ACRIME_SEALING_KEYS": f"k1:{KEY}",
    "ACRIME_LOOKUP_KEY": KEY,
    "ACRIME_SEAL_KEY": f"s1:{KEY}",
    "ACRIME_ALLOWED_HOSTS": "portal.example.gov",
    "ACRIME_BROKER_URL": "amqp://broker.example.gov",
    "ACRIME_EMAIL_URL": "smtp+tls://portal:secret@mail.example.gov",
    "ACRIME_EMAIL_FROM": "portal@example.gov",
    "ACRIME_PORTAL_URL": "https://portal.example.gov",
    "DATABASE_URL": "postgresql://portal@db.example.gov/acrime",
    # Where the fixture below puts a file.
    "ACRIME_DOCUMENT_KEY_FILE": "/nonexistent",
    "ACRIME_DOCUMENT_KEY_PASSPHRASE": PASSPHRASE,
}
MAY_BE_EMPTY = {"ACRIME_ENV", "ACRIME_DOCUMENT_KEY_PASSPHRASE"}


@pytest.fixture(scope="module", autouse=True)
def document_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of documents, in a file of its own."""
    file = tmp_path_factory.mktemp("keys") / "documents.p12"
    file.write_bytes(Authority().file("Sample portal"))
    PRODUCTION["ACRIME_DOCUMENT_KEY_FILE"] = str(file)
    return file


def read(values: dict[str, str]) -> Environment:
    return read_environment({"ACRIME_ENV_FILE": os.devnull} | values)


def local(**values: str) -> Environment:
    return read(PRODUCTION | {"ACRIME_ENV": "local"} | values)


def refused(**values: str) -> str:
    with pytest.raises(ImproperlyConfigured) as error:
        local(**values)
    return str(error.value)


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - MAY_BE_EMPTY))
@pytest.mark.parametrize("how", ["absent", "blank"])
def test_production_does_not_start_without(name: str, how: str) -> None:
    values = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(ImproperlyConfigured, match=name):
        read(values | ({name: ""} if how == "blank" else {}))


def test_production_is_what_runs_where_nothing_is_said() -> None:
    values = {key: value for key, value in PRODUCTION.items() if key != "ACRIME_ENV"}

    environment = read(values)
    assert environment.kind == "production"
    assert environment.https
    assert not environment.synthetic_data
    assert environment.allowed_hosts == ["portal.example.gov"]


def test_a_local_portal_is_marked_as_training_and_needs_no_broker() -> None:
    environment = local(ACRIME_BROKER_URL="", ACRIME_ALLOWED_HOSTS="")

    assert environment.synthetic_data
    assert not environment.https
    assert environment.broker_url == "filesystem://"
    assert environment.allowed_hosts == ["127.0.0.1", "localhost", "testserver"]


def test_an_unknown_environment() -> None:
    assert "local, test, production" in refused(ACRIME_ENV="staging")


# --- Ceilings and forms ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("ACRIME_IDLE_LOCK_MINUTES", "30", ["31", "0", "-1", "x", "1.5", ""]),
        ("ACRIME_SESSION_HOURS", "12", ["13", "0", ""]),
        ("ACRIME_RESPONSE_HOURS", "4", ["0", "four", "9000"]),
        ("ACRIME_DELIVERY_ATTEMPTS", "20", ["21", "0", "²"]),
        ("ACRIME_DELIVERY_SECONDS", "120", ["121", "0", "1.5"]),
        ("ACRIME_DELIVERY_MAIL_AS", "body", ["inline", "Body"]),
        ("ACRIME_DIGEST_MINUTES", "1", ["0", "1441", "hourly"]),
        ("ACRIME_SEAL_SECONDS", "60", ["61", "0", ""]),
        ("ACRIME_LEDGER_YEARS", "7", ["6", "0", "-7", "101", "seven"]),
        (
            "ACRIME_SEAL_PUBLIC_KEYS",
            f"s0:{OTHER_KEY}",
            ["s0", f"s0:{KEY[:-4]}", f"s0:{KEY},s0:{OTHER_KEY}", f":{KEY}"],
        ),
        (
            "ACRIME_SEAL_KEY",
            f"s2:{KEY}",
            [KEY, "s1:short", f"s1:{KEY},s2:{OTHER_KEY}", f"sixteen-letters-:{KEY}"],
        ),
        ("ACRIME_ANSWER_DAYS", "30", ["31", "0", ""]),
        (
            "ACRIME_EMAIL_URL",
            "smtps://mail.example.gov",
            ["mail.example.gov", "http://mail.example.gov", "smtp://", "file://", "smtp://m:x"],
        ),
        (
            "ACRIME_PORTAL_URL",
            "http://127.0.0.1:8000/",
            ["127.0.0.1:8000", "ftp://portal.example.gov", "https://portal.example.gov/path"],
        ),
        ("ACRIME_SYNTHETIC_DATA", "0", ["yes", "true", ""]),
        ("ACRIME_HTTPS", "1", ["2"]),
    ],
)
def test_a_value_out_of_its_bounds_is_refused_by_name(name: str, good: str, bad: list[str]) -> None:
    local(**{name: good})
    for value in bad:
        assert name in refused(**{name: value})


def test_the_policys_ceilings_are_defaults_or_looser_than_them() -> None:
    environment = local()

    assert environment.idle_lock_minutes <= 30
    assert environment.session_hours <= 12
    assert environment.response_hours == 4


def test_delivery_hosts_are_compared_in_lower_case() -> None:
    hosts = local(ACRIME_DELIVERY_HOSTS=" Partner.Example.GOV , b:8443,,").delivery_hosts

    assert hosts == {"partner.example.gov", "b:8443"}


def test_addresses_of_copies_are_compared_in_lower_case() -> None:
    assert local().delivery_mail == frozenset()
    allowed = local(
        ACRIME_DELIVERY_MAIL=" Intake@Records.Example , @Police.Example,,"
    ).delivery_mail

    assert allowed == {"intake@records.example", "police.example"}


def test_certificates_of_delivery_are_files_and_come_with_their_key(tmp_path: Path) -> None:
    file = tmp_path / "some.pem"
    file.write_text("-")
    there, gone = str(file), str(tmp_path / "gone.pem")
    assert local().delivery_certificate is None
    assert local(ACRIME_DELIVERY_CA=there).delivery_ca == file
    both = local(ACRIME_DELIVERY_CERTIFICATE=there, ACRIME_DELIVERY_KEY=there)
    assert (both.delivery_certificate, both.delivery_key) == (file, file)
    assert "ACRIME_DELIVERY_CA" in refused(ACRIME_DELIVERY_CA=gone)
    assert "ACRIME_DELIVERY_KEY" in refused(ACRIME_DELIVERY_CERTIFICATE=there)
    assert "ACRIME_DELIVERY_CERTIFICATE" in refused(ACRIME_DELIVERY_KEY=there)


# --- Keys ------------------------------------------------------------------------------------


def test_sealing_keys_in_their_order() -> None:
    keys = sealing_keys_from(f" new:{KEY} , old:{OTHER_KEY},")

    assert [(key.name, key.key[:1]) for key in keys] == [("new", b"k"), ("old", b"o")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        KEY,
        f":{KEY}",
        "k1:",
        "k1:short",
        f"k1:{KEY[:-4]}",
        f"k1:{KEY},k1:{OTHER_KEY}",
        f"sixteen-letters-:{KEY}",
    ],
)
def test_keys_that_are_none(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ACRIME_SEALING_KEYS") as error:
        sealing_keys_from(text)
    assert KEY not in str(error.value)


def test_seals_are_trusted_by_the_own_key_and_by_earlier_ones() -> None:
    trusted = local(ACRIME_SEAL_PUBLIC_KEYS=f"s0:{OTHER_KEY}").seal_public_keys

    assert trusted.keys() == {"s0", "s1"}
    assert trusted["s0"] == b"o" * 32
    # The private key itself is never among them.
    assert trusted["s1"] != b"k" * 32


def test_outside_production_a_key_is_made_of_the_secret() -> None:
    one, same, other = (
        local(ACRIME_SEAL_KEY="", ACRIME_SECRET_KEY=secret).seal_key for secret in "aab"
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("content", "passphrase", "why"),
    [
        (None, PASSPHRASE, "can be read"),
        (b"", PASSPHRASE, "no PKCS#12 file"),
        (b"-----BEGIN PRIVATE KEY-----", PASSPHRASE, "no PKCS#12 file"),
        ("right", "another one", "passphrase does not open it"),
        ("right", "", "passphrase does not open it"),
        ("for locking alone", PASSPHRASE, "not for signing"),
        ("a weak key", PASSPHRASE, "2048 bits"),
        ("another curve", PASSPHRASE, "NIST curve"),
    ],
)
def test_a_portal_does_not_start_with_a_key_of_documents_that_is_not_fit(
    tmp_path: Path, content: bytes | str | None, passphrase: str, why: str
) -> None:
    given: dict[str, Any] = {
        "for locking alone": {"signs": False},
        "a weak key": {"key": rsa.generate_private_key(65537, 1024)},  # noqa: S505
        "another curve": {"key": ec.generate_private_key(ec.SECP256K1())},
    }
    file = tmp_path / "documents.p12"
    if isinstance(content, str):
        content = Authority().file("Sample portal", **given.get(content, {}))
    if content is not None:
        file.write_bytes(content)
    message = refused(ACRIME_DOCUMENT_KEY_FILE=str(file), ACRIME_DOCUMENT_KEY_PASSPHRASE=passphrase)
    assert "ACRIME_DOCUMENT_KEY_FILE" in message
    assert why in message
    assert PASSPHRASE not in message


def test_outside_production_documents_have_a_training_key_that_stays() -> None:
    one, same, other = (
        local(ACRIME_DOCUMENT_KEY_FILE="", ACRIME_SECRET_KEY=secret).document_key
        for secret in "aab"
    )
    assert one == same != other
    assert one.fingerprint == same.fingerprint != other.fingerprint
    # A key never gets into a message or a log by its name.
    assert repr(one).count("\\x") == 0


def test_earlier_secret_keys_are_kept_apart() -> None:
    assert local().earlier_secret_keys == []
    assert local(ACRIME_EARLIER_SECRET_KEYS="one two").earlier_secret_keys == ["one", "two"]


def test_a_lookup_key_that_is_none_is_not_repeated() -> None:
    message = refused(ACRIME_LOOKUP_KEY="not-a-key-but-somebodys-secret")

    assert "ACRIME_LOOKUP_KEY" in message
    assert "secret" not in message


# --- E-mail ----------------------------------------------------------------------------------


def test_where_e_mails_go() -> None:
    mail = local(ACRIME_EMAIL_URL="smtp+tls://a%40b:p%2Fw@mail.example.gov").mail
    assert (mail.host, mail.port, mail.user, mail.password) == (
        "mail.example.gov",
        587,
        "a@b",
        "p/w",
    )
    assert (mail.security, mail.folder) == ("starttls", None)
    assert local(ACRIME_EMAIL_URL="smtps://mail:999").mail.port == 999
    assert local(ACRIME_EMAIL_URL="smtp://mail").mail.security == ""


def test_a_local_portal_puts_its_e_mails_into_a_folder(tmp_path: Path) -> None:
    environment = local(ACRIME_EMAIL_URL="", ACRIME_PORTAL_URL="", ACRIME_VAR_DIR=str(tmp_path))

    assert environment.mail.folder == tmp_path / "mail"
    assert environment.portal_url == "http://127.0.0.1:8000"


def test_links_in_e_mails_lead_to_https_in_production() -> None:
    with pytest.raises(ImproperlyConfigured, match="ACRIME_PORTAL_URL"):
        read(PRODUCTION | {"ACRIME_PORTAL_URL": "http://portal.example.gov"})


# --- Database --------------------------------------------------------------------------------


def test_a_database_address() -> None:
    found = database_from_url("postgresql://a%40b:p%2Fw@db:5433/acrime?sslmode=require")

    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "a@b",
        "p/w",
        "db",
        "5433",
        "acrime",
    )
    assert found["OPTIONS"] == {
        "sslmode": "require",
        "prepare_threshold": 5,
        "server_side_binding": True,
    }


def test_a_database_behind_a_socket() -> None:
    found = database_from_url("postgresql:///acrime?host=/var/run/postgresql")

    assert (found["HOST"], found["NAME"], found["OPTIONS"]) == (
        "/var/run/postgresql",
        "acrime",
        {"prepare_threshold": 5, "server_side_binding": True},
    )


def test_a_pooler_that_cannot_prepare_is_told() -> None:
    found = database_from_url("postgresql:///acrime?prepared_statements=off")
    assert found["OPTIONS"] == {"prepare_threshold": None, "server_side_binding": True}


@pytest.mark.parametrize("url", ["sqlite:///x", "postgresql://db", "postgresql://db/", "acrime"])
def test_other_databases(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database_from_url(url)


# --- The file --------------------------------------------------------------------------------


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "acrime.env"
    file.write_text(
        "# a remark\n\n"
        + "".join(f"{key} = {value}\n" for key, value in PRODUCTION.items())
        + "ACRIME_RESPONSE_HOURS=8\n"
    )

    of_file = read_environment({"ACRIME_ENV_FILE": str(file)})
    assert (of_file.kind, of_file.response_hours) == ("production", 8)
    given = read_environment({"ACRIME_ENV_FILE": str(file), "ACRIME_RESPONSE_HOURS": "2"})
    assert given.response_hours == 2


def test_a_value_may_hold_an_equals_sign(tmp_path: Path) -> None:
    file = tmp_path / "acrime.env"
    file.write_text(f"ACRIME_LOOKUP_KEY={KEY}\nno pair\n")

    assert values_of_file(file) == {"ACRIME_LOOKUP_KEY": KEY}
    assert values_of_file(tmp_path / "absent") == {}


def test_connected_systems_are_inside_the_department(tmp_path: Path) -> None:
    """A local portal has a folder of its own, wherever it lies; elsewhere nothing is connected."""
    place = tmp_path / "with a space"
    assert dict(local(ACRIME_VAR_DIR=str(place)).connectors) == {
        "CLAIMS": str(place.resolve() / "systems" / "claims")
    }
    assert dict(local(ACRIME_CONNECTORS="").connectors) == {}
    assert dict(read(PRODUCTION).connectors) == {}
    assert "ACRIME_CONNECTORS" in refused(ACRIME_CONNECTORS="CIS=https://partner.example/")


def test_the_hours_of_a_query_without_a_match() -> None:
    assert local().no_match_hours == 24
    assert local(ACRIME_NO_MATCH_HOURS="12").no_match_hours == 12
