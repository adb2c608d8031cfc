"""How USPS is asked: one number, a shared OAuth token that must carry the tracking scope, every call counted.

Their newer bulk address (v3r2) is not used: how many numbers it takes is not published, it names its fields anew, and
no answer of it has been seen whole. Until then a batch is one number, and sixty calls an hour are what a shop has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from carriers import oauth
from carriers.contract import Answer, CarrierRefused, Meter, Token, Tokens
from carriers.shapes import parse_json, words
from carriers.transport import Reply, Transport
from carriers.usps import answers

TOKEN_PATH = "/oauth2/v3/token"  # noqa: S105 (a path, not a secret)
TRACK_PATH = "/tracking/v3/tracking/"
TRACK_QUERY = "?expand=DETAIL"  # without it they send prose
SCOPE = "tracking"  # not every application has it; asking for it by name can shrink what is granted


@dataclass(frozen=True, slots=True, kw_only=True)
class Usps:
    """USPS Tracking v3 under one pair of credentials."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    tokens: Tokens
    transport: Transport
    machine_now: Callable[[], datetime]

    @property
    def name(self) -> str:
        """As in the registry."""
        return "usps"

    @property
    def credential(self) -> str:
        """Whose quota and token; the client id itself stays out of rows and logs."""
        return "usps:" + sha256(self.client_id.encode()).hexdigest()[:16]

    @property
    def max_batch(self) -> int:
        """Their address holds one number."""
        return 1

    def ask(self, numbers: Sequence[str], meter: Meter, *, unchanged: str = "") -> Answer:
        """One look. Raises CarrierError."""
        (number,) = numbers
        reply = oauth.ask(
            lambda token: self._look(number, token),
            tokens=self.tokens,
            credential=self.credential,
            fetch=self._fetch_token,
            meter=meter,
            is_stale=lambda reply: reply.http_status == 401 and not answers.is_about_scope(reply.body),
        )
        if reply.http_status == 200 and sha256(reply.body).hexdigest() == unchanged:
            return Answer(body=reply.body, http_status=reply.http_status, readings={})
        return self.read(reply.body, http_status=reply.http_status, numbers=numbers)

    def read(self, body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
        """What a saved answer says. Raises CarrierError."""
        return answers.read(body, http_status=http_status, numbers=numbers)

    def check(self, meter: Meter) -> None:
        """Fetch a token of its own, so that a kept one cannot hide a wrong secret.

        It may end the kept one, which the next look then renews.
        """
        meter.spend()
        self._fetch_token()

    def close(self) -> None:
        """Let go of kept connections."""
        self.transport.close()

    def _look(self, number: str, token: str) -> Reply:
        url = self.base_url + TRACK_PATH + quote(number, safe="") + TRACK_QUERY
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self.transport.call("GET", url, headers=headers)

    def _fetch_token(self) -> Token:
        asked_at = self.machine_now()
        pair = {"client_id": self.client_id, "client_secret": self.client_secret}
        reply = self.transport.call(
            "POST",
            self.base_url + TOKEN_PATH,
            headers={"Accept": "application/json"},
            form={"grant_type": "client_credentials", **pair},
        )
        token = oauth.token_of(reply, asked_at=asked_at, carrier="USPS", read_error=_read_error)
        _check_scope(reply)
        return token


def _read_error(reply: Reply) -> None:
    """Raises what an answer without a token means."""
    answers.read(reply.body, http_status=reply.http_status, numbers=())


def _check_scope(reply: Reply) -> None:
    """Raises CarrierRefused for a token that lets us do other things than track; not every answer names them."""
    granted = words(parse_json(reply.body).get("scope")).split()
    if granted and SCOPE not in granted:
        raise CarrierRefused(answers.NO_SCOPE, http_status=reply.http_status)
