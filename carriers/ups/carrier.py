"""How UPS is asked: one number, a shared OAuth token, two headers it insists on."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote
from uuid import uuid4

from carriers import oauth
from carriers.contract import Answer, Meter, Token, Tokens
from carriers.transport import Reply, Transport
from carriers.ups import answers

TOKEN_PATH = "/security/v1/oauth/token"  # noqa: S105 (a path, not a secret)
TRACK_PATH = "/api/track/v1/details/"
TRACK_QUERY = "?locale=en_US&returnSignature=false&returnMilestones=false&returnPOD=false"
SOURCE = "wismo"  # their header transactionSrc: who asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Ups:
    """UPS Track v1 under one pair of credentials."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    tokens: Tokens
    transport: Transport
    machine_now: Callable[[], datetime]

    @property
    def name(self) -> str:
        """As in the registry."""
        return "ups"

    @property
    def credential(self) -> str:
        """Whose quota and token; the client id itself stays out of rows and logs."""
        return "ups:" + sha256(self.client_id.encode()).hexdigest()[:16]

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
            is_stale=lambda reply: reply.http_status == 401,  # 403 is about the account, a new token would not help
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

    def _look(self, number: str, token: str) -> Reply:
        url = self.base_url + TRACK_PATH + quote(number, safe="") + TRACK_QUERY
        headers = {"Authorization": f"Bearer {token}", "transId": uuid4().hex, "transactionSrc": SOURCE}
        return self.transport.call("GET", url, headers=headers)

    def _fetch_token(self) -> Token:
        asked_at = self.machine_now()
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        reply = self.transport.call(
            "POST",
            self.base_url + TOKEN_PATH,
            headers={"Authorization": f"Basic {pair}"},
            form={"grant_type": "client_credentials"},
        )
        return oauth.token_of(reply, asked_at=asked_at, carrier="UPS", read_error=_read_error)


def _read_error(reply: Reply) -> None:
    """Raises what an answer without a token means."""
    answers.read(reply.body, http_status=reply.http_status, numbers=())
