"""Which network calls the tests may make: to this machine, and from the pure rooms none at all."""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

NAMES_OF_THIS_MACHINE = frozenset({"", "localhost", "127.0.0.1", "::1"})


class Reach(StrEnum):
    """How far a test may reach."""

    ANYWHERE = "anywhere"  # outside of tests: the runner itself
    LOOPBACK = "loopback"
    NOWHERE = "nowhere"


class ReachedOut(BaseException):
    """A test reached further than its folder allows; not an Exception, so that no product code swallows it."""


@dataclass(slots=True, kw_only=True)
class Guard:
    """What is allowed at this moment, and what was tried in spite of it."""

    reach: Reach = Reach.ANYWHERE
    refused: list[str] = field(default_factory=list)

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """Python calls this before the operating system is asked."""
        if self.reach is Reach.ANYWHERE or not event.startswith("socket."):
            return
        if _is_allowed(event, args, reach=self.reach):
            return
        self.refused.append(f"{event}{args[1:] if event != 'socket.getaddrinfo' else args[:2]}")
        raise ReachedOut(f"{self.refused[-1]} is not allowed here: this test may reach {self.reach}")

    @contextmanager
    def limited_to(self, reach: Reach) -> Iterator[None]:
        """Allow only this much until the end of the block."""
        before, self.reach = self.reach, reach
        try:
            yield
        finally:
            self.reach = before


def install() -> Guard:
    """Listen to Python's audit events from now on; an audit hook can never be removed, only be told to look away."""
    guard = Guard()
    sys.addaudithook(guard.hear)
    return guard


def _is_allowed(event: str, args: tuple[object, ...], *, reach: Reach) -> bool:
    match event:
        case "socket.__new__":
            return reach is not Reach.NOWHERE
        case "socket.connect" | "socket.bind" | "socket.sendto" | "socket.sendmsg":
            return reach is not Reach.NOWHERE and _stays_here(args[1])
        case "socket.getaddrinfo" | "socket.gethostbyname" | "socket.gethostbyaddr":
            return reach is not Reach.NOWHERE and is_this_machine(args[0])
        case _:
            return True


def _stays_here(address: object) -> bool:
    """A path is a unix socket; None is a socket that is already connected."""
    if isinstance(address, tuple):
        return is_this_machine(address[0])
    return True


def is_this_machine(host: object) -> bool:
    """Whether a host as given to the socket module is on loopback."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in NAMES_OF_THIS_MACHINE:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False
