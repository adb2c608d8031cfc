"""How FedEx is asked: thirty numbers at once, a shared OAuth token, a transaction of its own per question."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from carriers import oauth
from carriers.contract import Answer, Meter, Token, Tokens
from carriers.fedex import answers
from carriers.transport import Reply, Transport

TOKEN_PATH = "/oauth/token"  # noqa: S105 (a path, not a secret)
TRACK_PATH = "/track/v1/trackingnumbers"
MOST_NUMBERS = 30  # in one question; more is an error of theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class FedEx:
    """FedEx Track v1 under one pair of credentials."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    tokens: Tokens
    transport: Transport
    machine_now: Callable[[], datetime]

    @property
    def name(self) -> str:
        """As in the registry."""
        return "fedex"

    @property
    def credential(self) -> str:
        """Whose quota and token; the client id itself stays out of rows and logs."""
        return "fedex:" + sha256(self.client_id.encode()).hexdigest()[:16]

    @property
    def max_batch(self) -> int:
        """How many numbers one call may ask."""
        return MOST_NUMBERS

    def ask(self, numbers: Sequence[str], meter: Meter, *, unchanged: str = "") -> Answer:
        """One look. Raises CarrierError."""
        reply = oauth.ask(
            lambda token: self._look(numbers, token),
            tokens=self.tokens,
            credential=self.credential,
            fetch=self._fetch_token,
            meter=meter,
            is_stale=lambda reply: answers.refuses_token(reply.body, http_status=reply.http_status),
        )
        if reply.http_status == 200 and sha256(reply.body).hexdigest() == unchanged:
            return Answer(body=reply.body, http_status=reply.http_status, readings={})
        return self.read(reply.body, http_status=reply.http_status, numbers=numbers)

    def read(self, body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
        """What a saved answer says. Raises CarrierError."""
        return answers.read(body, http_status=http_status, numbers=numbers)

    def check(self, meter: Meter) -> None:
        """Fetch a token of its own, so that a kept one cannot hide a wrong secret."""
        meter.spend()
        self._fetch_token()

    def close(self) -> None:
        """Let go of kept connections."""
        self.transport.close()

    def _look(self, numbers: Sequence[str], token: str) -> Reply:
        asked = dict.fromkeys(map(answers.plain, numbers))
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "x-customer-transaction-id": uuid4().hex,
            "x-locale": "en_US",
        }
        question = {
            "includeDetailedScans": True,
            "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": each}} for each in asked],
        }
        url = self.base_url + TRACK_PATH
        return self.transport.call("POST", url, headers=headers, content=json.dumps(question).encode())

    def _fetch_token(self) -> Token:
        asked_at = self.machine_now()
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        reply = self.transport.call("POST", self.base_url + TOKEN_PATH, headers={}, form=form)
        return oauth.token_of(reply, asked_at=asked_at, carrier="FedEx", read_error=_read_error)


def _read_error(reply: Reply) -> None:
    """Raises what an answer without a token means."""
    answers.read(reply.body, http_status=reply.http_status, numbers=())
