"""Which addresses are connected to."""

import ipaddress
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.model import FetchFault
from veille.net.addresses import Address, Guard, forbidden, unwrap
from veille.net.faults import Stopped

PRIVATE = [
    "0.0.0.0", "10.0.0.5", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:0",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700::1111",
    "2001:4860::8888",
    "::ffff:8.8.8.8",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_off_the_public_internet_is_forbidden_by_a_named_rule(address: str) -> None:
    assert forbidden(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert forbidden(ip_address(address)) is None


@given(st.ip_addresses())
def test_nothing_that_python_knows_to_be_private_is_allowed(address: Address) -> None:
    if forbidden(address) is None:
        inner = unwrap(address)
        assert inner.is_global
        flags = (inner.is_multicast, inner.is_reserved, inner.is_loopback, inner.is_link_local, inner.is_unspecified)
        assert not any(flags)


@given(st.ip_addresses(v=4, network="127.0.0.0/8"), st.sampled_from(["::ffff:0:0", "::", "64:ff9b::", "2002::"]))
def test_no_ipv6_form_of_loopback_is_allowed(address: Address, prefix: str) -> None:
    inside = int(address) << 80 if prefix == "2002::" else int(address)
    assert forbidden(ipaddress.IPv6Address(int(ip_address(prefix)) + inside))


def test_one_private_answer_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(Stopped, match=r"10\.0\.0\.5, réseau privé"):
        Guard().vet("feeds.example", 443, [ip_address("93.184.216.34"), ip_address("10.0.0.5")])


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 8000, 9200, 11211])
def test_a_port_that_is_not_of_the_public_web_is_refused(port: int) -> None:
    with pytest.raises(Stopped, match=f"le port {port}") as caught:
        Guard().vet("feeds.example", port, [ip_address("93.184.216.34")])
    assert caught.value.fault is FetchFault.REFUSED_URL


@pytest.mark.parametrize(
    "name", ["localhost", "metadata.google.internal", "printer.local", "box.home.arpa", "x.onion", "localhost."]
)
def test_a_name_reserved_for_private_networks_is_refused_before_any_lookup(name: str) -> None:
    with pytest.raises(Stopped, match="réseaux privés"):
        Guard().before_lookup(name, 80)


def test_an_allowed_network_is_exempt_from_the_rules_on_addresses_ports_and_names() -> None:
    guard = Guard((ip_network("127.0.0.0/8"),))
    guard.before_lookup("localhost", 9999)
    addresses = (ip_address("127.0.0.1"), ip_address("::ffff:127.0.0.9"))
    assert guard.vet("localhost", 9999, addresses) == addresses


def test_only_the_allowed_addresses_of_a_host_are_used() -> None:
    guard = Guard((ip_network("127.0.0.0/8"),))
    mixed = [ip_address(text) for text in ("::1", "10.0.0.5", "93.184.216.34", "127.0.0.1")]
    assert guard.vet("localhost", 9999, mixed) == (ip_address("127.0.0.1"),)


def test_an_allowed_network_does_not_open_the_door_to_others() -> None:
    guard = Guard((ip_network("127.0.0.0/8"),))
    with pytest.raises(Stopped, match="cette machine"):
        guard.vet("::1", 80, [ip_address("::1")])
    with pytest.raises(Stopped, match="réseau privé"):
        guard.vet("feeds.example", 80, [ip_address("93.184.216.34"), ip_address("10.0.0.5")])
    with pytest.raises(Stopped, match="le port 9999"):
        guard.vet("feeds.example", 9999, [ip_address("93.184.216.34")])
    with pytest.raises(Stopped, match="réseaux privés"):
        guard.vet("metadata.google.internal", 80, [ip_address("93.184.216.34")])
