"""Where a request came from: forwarding headers count as far as trusted proxies wrote them."""

import pytest

from acrime.common.network import is_within, networks_from, source_address

PROXIES = networks_from("10.0.0.0/24, 2001:db8:1::/48,127.0.0.1")
PROXY, SECOND, THIRD = "10.0.0.7", "10.0.0.8", "2001:db8:1::5"
PERSON, LIAR = "203.0.113.9", "198.51.100.66"


@pytest.mark.parametrize(
    ("peer", "forwarded", "source"),
    [
        # Nobody trusted speaks: the header is nobody's word.
        (PERSON, "", PERSON),
        (PERSON, LIAR, PERSON),
        (PERSON, f"{LIAR}, {PROXY}", PERSON),
        ("10.0.1.7", LIAR, "10.0.1.7"),
        # One proxy.
        (PROXY, PERSON, PERSON),
        (PROXY, "", PROXY),
        (PROXY, " ", PROXY),
        # The person wrote a header too: the proxy added at the right.
        (PROXY, f"{LIAR}, {PERSON}", PERSON),
        (PROXY, f"{LIAR},{LIAR},{PERSON}", PERSON),
        (PROXY, f"{PROXY}, {PERSON}", PERSON),
        (PROXY, f"127.0.0.1, {PERSON}", PERSON),
        # A chain of proxies.
        (PROXY, f"{PERSON}, {SECOND}", PERSON),
        (PROXY, f"{LIAR}, {PERSON}, {THIRD}, {SECOND}", PERSON),
        (PROXY, f"{SECOND}, {THIRD}", SECOND),
        # Rubbish ends it at what is known for certain.
        (PROXY, "unknown", PROXY),
        (PROXY, f"{PERSON}, unknown", PROXY),
        (PROXY, f"{LIAR}, rubbish, {SECOND}", SECOND),
        (PROXY, f"{LIAR},", PROXY),
        (PROXY, "203.0.113.9; DROP TABLE", PROXY),
        (PROXY, "203.0.113.999", PROXY),
        (PROXY, "203.0.113.09", PROXY),
        (PROXY, "fe80::1%eth0", PROXY),
        (PROXY, "[2001:db8::9", PROXY),
        (PROXY, "[2001:db8::9]x", PROXY),
        # Spellings.
        (PROXY, "203.0.113.9:4711", PERSON),
        (PROXY, "[2001:db8::9]:4711", "2001:db8::9"),
        (PROXY, "[2001:db8::9]", "2001:db8::9"),
        (PROXY, "2001:DB8:0:0::9", "2001:db8::9"),
        (PROXY, "::ffff:203.0.113.9", PERSON),
        (f"::ffff:{PROXY}", PERSON, PERSON),
        (f"::ffff:{PERSON}", LIAR, PERSON),
        (THIRD, PERSON, PERSON),
        # A peer without an address, such as a socket, is nobody trusted.
        ("", PERSON, ""),
        ("unix:", PERSON, "unix:"),
    ],
)
def test_source(peer: str, forwarded: str, source: str) -> None:
    assert source_address(peer, forwarded, PROXIES) == source


@pytest.mark.parametrize("peer", [PROXY, PERSON, "127.0.0.1"])
def test_without_trusted_proxies_the_peer_counts(peer: str) -> None:
    assert source_address(peer, LIAR, ()) == peer


def test_networks() -> None:
    assert networks_from("") == networks_from(" , ") == ()
    assert [str(each) for each in PROXIES] == ["10.0.0.0/24", "2001:db8:1::/48", "127.0.0.1/32"]


@pytest.mark.parametrize("text", ["10.0.0.1/24", "everywhere", "10.0.0.0/33", "10.0.0.0/24;::1"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        networks_from(text)


def test_within() -> None:
    assert is_within(PROXY, PROXIES)
    assert is_within(f"::ffff:{PROXY}", PROXIES)
    assert not is_within(PERSON, PROXIES)
    assert not is_within("", PROXIES)
