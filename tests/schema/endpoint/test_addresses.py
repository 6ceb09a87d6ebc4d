"""Whose address a request counts for, with proxies in between."""

import pytest

import server
from kb.errors import SetupError
from schema.addresses import client_address, networks
from tests.support import settings_for

PROXIES = networks("10.0.0.1, 10.1.0.0/16,2001:db8:1::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", [b"198.51.100.7"], "192.0.2.1"),
        ("10.0.0.2", [b"198.51.100.7"], "10.0.0.2"),
        ("10.0.0.1", [b"198.51.100.7"], "198.51.100.7"),
        ("10.1.2.3", [b"198.51.100.7"], "198.51.100.7"),
        ("::ffff:10.1.2.3", [b"198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1::5", [b"198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", [b"203.0.113.5, 198.51.100.7, 10.1.0.2"], "198.51.100.7"),
        ("10.0.0.1", [b"203.0.113.5", b"198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", [b"203.0.113.5, 198.51.100.7:567"], "198.51.100.7"),
        ("10.0.0.1", [b"198.51.100.7, 10.1.0.2:8080"], "198.51.100.7"),
        ("10.0.0.1", [b"[2001:db8:2::7]:80"], "2001:db8:2::/64"),
        ("10.0.0.1", [b"[2001:db8:2::7]"], "2001:db8:2::/64"),
        ("10.0.0.1", [b"2001:db8:2::7"], "2001:db8:2::/64"),
        ("10.0.0.1", [b"::ffff:198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", [b"[::ffff:198.51.100.7]:1"], "198.51.100.7"),
        ("10.0.0.1", [b"198.51.100.7, ::ffff:10.1.0.2"], "198.51.100.7"),
        ("10.0.0.1", [b"198.51.100.7, ,"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [b""], "10.0.0.1"),
        ("10.0.0.1", [b"10.1.0.1, 10.1.0.2"], "10.0.0.1"),
        ("10.0.0.1", [b"x" * 500], "x" * 64),
        ("10.0.0.1", [b"[" * 500], "[" * 64),
        ("10.0.0.1", [b"unknown"], "unknown"),
        ("10.0.0.1", [b"\xff\xfe"], "\xff\xfe"),
    ],
)
def test_the_last_address_that_is_of_no_trusted_proxy_counts(peer, forwarded, address):
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", value) for value in forwarded]}
    assert client_address(scope, trusted=PROXIES) == address


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("not:an:address", "not:an:address"),
    ],
)
def test_without_trusted_proxies_the_peer_counts(peer, address):
    assert client_address({"client": (peer, 1), "headers": [(b"x-forwarded-for", b"198.51.100.7")]}) == address


def test_a_client_on_a_unix_socket_has_no_address():
    assert client_address({"client": None, "headers": []}) == ""


def test_networks_are_told_apart_by_commas():
    assert [str(each) for each in networks(" 10.0.0.1 ,::1,, ::ffff:10.2.0.0/112,")] == [
        "10.0.0.1/32",
        "::1/128",
        "10.2.0.0/16",
    ]
    assert networks("") == ()


@pytest.mark.parametrize("bad", ["10.0.0", "proxy.example", "10.0.0.1/8", "10.0.0.1:80", "10.0.0.0/33", "[::1]", "*"])
def test_what_is_no_network_is_named(bad):
    with pytest.raises(ValueError, match="is neither an address nor a network") as refused:
        networks(f"10.0.0.1,{bad}")
    assert f"'{bad}'" in str(refused.value)


def test_a_start_with_a_proxy_that_is_none_names_the_setting(tmp_path):
    settings = settings_for(tmp_path, tmp_path, trusted_proxies="10.0.0.1, proxy.example")
    with pytest.raises(SetupError, match=r"^KB_TRUSTED_PROXIES: 'proxy.example' is neither an address nor a network"):
        server.trusted_proxies(settings)
