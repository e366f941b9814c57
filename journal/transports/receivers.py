"""Which addresses events may be sent to, so that a subscriber cannot make us call our own neighbours.

A name is resolved once, every address it stands for is looked at, and the connection goes to one of those: whoever
answers a second look-up differently (DNS rebinding) gains nothing.
"""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address
PRINTABLE = re.compile(r"[!-~]+")
NAT64 = IPv6Network("64:ff9b::/96")
DEFAULT_PORTS = {"https": 443, "http": 80}


class ReceiverRefused(Exception):
    """Nothing is sent there; the message says why."""


@dataclass(frozen=True)
class Receiver:
    """Where to connect, and what to ask for there."""

    host: str
    port: int
    target: str
    is_encrypted: bool
    addresses: list[str]


def check_endpoint(url: str) -> SplitResult:
    """What can be said of an address without resolving its name. Raises ReceiverRefused."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # a wrong one is found when it is asked for
    except ValueError as error:
        raise ReceiverRefused(f"It is no address: {error}.") from error
    allowed = ("https",) if settings.IS_PRODUCTION else ("https", "http")
    if PRINTABLE.fullmatch(url) is None or not parts.hostname or parts.scheme not in DEFAULT_PORTS:
        raise ReceiverRefused("It must be an address like https://host/path, in ASCII.")
    if parts.scheme not in allowed:
        raise ReceiverRefused("It must begin with https://.")
    if parts.username is not None or parts.fragment:
        raise ReceiverRefused("It may contain neither credentials before the host nor a fragment.")
    literal = _literal(parts.hostname)
    if literal is not None:
        _check(literal)
    return parts


def resolve(url: str) -> Receiver:
    """Raises ReceiverRefused; OSError when the name cannot be resolved now."""
    parts = check_endpoint(url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise ReceiverRefused("The host is no name that can be resolved.") from error
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    for address in addresses:
        _check(ip_address(address))
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    return Receiver(host, port, target, parts.scheme == "https", addresses)


def _check(address: Address) -> None:
    """It and what it stands for are public, or in a network that the installation allows."""
    for meant in (address, *_embedded(address)):
        if not (meant.is_global and not meant.is_multicast) and not _is_allowed(meant):
            raise ReceiverRefused("It is at a private address.")


def _is_allowed(address: Address) -> bool:
    return any(address in network for network in settings.EVENT_RECEIVER_NETWORKS)


def _embedded(address: Address) -> Iterator[Address]:
    """The IPv4 addresses that gateways would take an IPv6 one for."""
    if isinstance(address, IPv4Address):
        return
    for meant in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if meant is not None:
            yield meant
    if address in NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
