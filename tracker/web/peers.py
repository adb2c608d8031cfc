"""Which addresses count as one when tries are counted: who has one IPv6 address has billions."""

from ipaddress import IPv6Address, ip_address, ip_network


def household(peer: str) -> str:
    """The address of one line: what a house or an office shares."""
    return _within(peer, v4=32, v6=64)


def neighbourhood(peer: str) -> str:
    """A provider's smallest block."""
    return _within(peer, v4=24, v6=48)


def _within(peer: str, *, v4: int, v6: int) -> str:
    try:
        address = ip_address(peer)
    except ValueError:
        return peer  # a socket without an address: everybody on it counts as one
    if isinstance(address, IPv6Address) and address.ipv4_mapped:  # all of IPv4 would be one IPv6 household
        address = address.ipv4_mapped
    return str(ip_network((address.packed, v4 if address.version == 4 else v6), strict=False))
