"""Which hosts are this machine, so that what is sent to them cannot be read on the way."""

from ipaddress import ip_address


def is_here(host: str) -> bool:
    """Say whether a host of an address is this machine; an empty one, of a socket, is."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")
