"""Which tokens were issued, and whether one still opens the door."""

import base64
import binascii
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Desk:
    """Issues bearer tokens to known clients."""

    clients: Mapping[str, str]  # id -> secret
    seconds: float = 14399.0  # a token's life
    issued: int = 0
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)  # token -> client, end (monotonic)

    def issue(self, client: str) -> dict[str, str]:
        """The body of the token answer; every number in it is a string, as the carrier does."""
        token = ".".join(secrets.token_urlsafe(length) for length in (60, 620, 340))  # sizes of a real one
        self._tokens[token] = (client, time.monotonic() + self.seconds)
        self.issued += 1
        return {
            "token_type": "Bearer",
            "issued_at": str(int(time.time() * 1000)),
            "client_id": client,
            "access_token": token,
            "expires_in": str(int(self.seconds)),
            "status": "approved",
        }

    def knows(self, client: str, secret: str) -> bool:
        """Whether id and secret belong together."""
        expected = self.clients.get(client)
        return expected is not None and secrets.compare_digest(expected.encode(), secret.encode())

    def owner(self, header: str) -> tuple[str, bool]:
        """Whose token an Authorization header holds (nobody's: empty), and whether it is still good."""
        kind, _, token = header.partition(" ")
        client, ends_at = self._tokens.get(token.strip(), ("", 0.0)) if kind.lower() == "bearer" else ("", 0.0)
        return client, time.monotonic() < ends_at

    def expire_all(self) -> None:
        """Every token issued so far is worthless from now on."""
        self._tokens = {token: (client, 0.0) for token, (client, _) in self._tokens.items()}


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
