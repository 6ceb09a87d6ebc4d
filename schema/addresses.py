"""Whose request it is: the address of a client, behind proxies that a setting names."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Network = IPv4Network | IPv6Network
_MAPPED = IPv6Network("::ffff:0:0/96")
_LONGEST = 64


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises ValueError with the entry that is neither."""
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(scope: Scope, *, trusted: Sequence[Network] = ()) -> str:
    """The address that a request came from: the last one in X-Forwarded-For that is not of a trusted proxy.

    Without trusted proxies the header is not looked at. An IPv6 client is its /64: it has all addresses in there.
    """
    address = (scope.get("client") or ("", 0))[0]
    if trusted and _is_of(address, trusted):
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        entries = (_without_port(part.strip()) for part in reversed(forwarded.decode("latin-1").split(",")))
        address = next((entry for entry in entries if entry and not _is_of(entry, trusted)), address)
    return _shown(address)


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is neither an address nor a network such as 10.0.0.0/8 ({error})") from None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def _is_of(text: str, trusted: Sequence[Network]) -> bool:
    address = _parsed(text[:_LONGEST])
    return address is not None and any(address in network for network in trusted)


def _without_port(text: str) -> str:
    """`1.2.3.4:567` and `[::1]:80`, as some proxies write them."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _shown(text: str) -> str:
    if ":" not in text:
        return text[:_LONGEST]
    address = _parsed(text[:_LONGEST])
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return text[:_LONGEST] if address is None else str(address)


@lru_cache(maxsize=1_024)  # of proxies there are few, and they are looked up at each request
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address, an IPv4 one where IPv6 only wraps it; None where it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
