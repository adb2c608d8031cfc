"""Which tokens were issued, and whether one still opens the door."""

import base64
import binascii
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One issued token."""

    text: str
    issued_ms: int  # epoch
    seconds: float
    scope: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Desk:
    """Issues one carrier's bearer tokens to known clients."""

    clients: Mapping[str, str]  # id -> secret
    seconds: float  # a token's life
    machine: Callable[[], float] = time.monotonic
    newest_only: bool = False  # a new token ends the client's older ones
    issued: int = 0
    _tokens: dict[str, tuple[str, float, Token]] = field(default_factory=dict)  # text -> client, end, token

    def issue(self, client: str, *, scope: frozenset[str] = frozenset()) -> Token:
        """A new token."""
        if self.newest_only:
            self._expire(client)
        text = ".".join(secrets.token_urlsafe(length) for length in (60, 620, 340))  # sizes of a real one
        token = Token(text=text, issued_ms=int(time.time() * 1000), seconds=self.seconds, scope=scope)
        self._tokens[text] = (client, self.machine() + self.seconds, token)
        self.issued += 1
        return token

    def knows(self, client: str, secret: str) -> bool:
        """Whether id and secret belong together."""
        expected = self.clients.get(client)
        return expected is not None and secrets.compare_digest(expected.encode(), secret.encode())

    def owner(self, header: str) -> tuple[str, bool]:
        """Whose token an Authorization header holds (nobody's: empty), and whether it is still good."""
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer" or text.strip() not in self._tokens:
            return "", False
        client, ends_at, _token = self._tokens[text.strip()]
        return client, self.machine() < ends_at

    def scope(self, header: str) -> frozenset[str]:
        """What the token in an Authorization header is good for."""
        text = header.partition(" ")[2].strip()
        return self._tokens[text][2].scope if text in self._tokens else frozenset()

    def expire_all(self) -> None:
        """Every token issued so far is worthless from now on."""
        for client in self.clients:
            self._expire(client)

    def _expire(self, client: str) -> None:
        for text, (owner, _, token) in self._tokens.items():
            if owner == client:
                self._tokens[text] = (owner, 0.0, token)


def basic(header: str) -> tuple[str, str] | None:
    """Id and secret of a Basic Authorization header."""
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (client, secret) if colon else None
