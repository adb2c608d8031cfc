"""How UPS is asked: one number, a shared OAuth token, two headers it insists on."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import quote
from uuid import uuid4

from carriers.contract import Answer, CarrierRefused, Meter, Token, Tokens, Unreadable
from carriers.shapes import digits, parse_json, words
from carriers.transport import Reply, Transport
from carriers.ups import answers

TOKEN_PATH = "/security/v1/oauth/token"  # noqa: S105 (a path, not a secret)
TRACK_PATH = "/api/track/v1/details/"
TRACK_QUERY = "?locale=en_US&returnSignature=false&returnMilestones=false&returnPOD=false"
SOURCE = "wismo"  # their header transactionSrc: who asks
MARGIN = timedelta(seconds=100)  # a token this near its end may run out on the way
PAGE = "https://www.ups.com/track?loc=en_US&tracknum="


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

        def fetch() -> Token:
            meter.spend()
            return self._fetch_token()

        token = self.tokens.get(self.credential, fetch)
        try:
            reply = self._look(number, token)
        except CarrierRefused as refused:
            if refused.http_status != 401:  # 403 is about the account, a new token would not help
                raise
            token = self.tokens.refresh(self.credential, fetch, stale=token)
            meter.spend()
            reply = self._look(number, token)
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

    def page_url(self, number: str) -> str:
        """UPS's own page of this number."""
        return PAGE + quote(number, safe="")

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
        return _token(reply, asked_at)


def _token(reply: Reply, asked_at: datetime) -> Token:
    """A token counts from when it was asked for; its issued_at is their clock. expires_in is a text of seconds."""
    payload = parse_json(reply.body, http_status=reply.http_status)
    secret, seconds = words(payload.get("access_token")), digits(payload.get("expires_in"))
    if not secret:
        answers.read(reply.body, http_status=reply.http_status, numbers=())  # raises what their error code means
    if not secret.isascii() or not secret.isprintable() or not secret or not 0 < len(seconds) <= 9:
        raise Unreadable("UPS's token answer holds no token or no lifetime", http_status=reply.http_status)
    lifetime = timedelta(seconds=int(seconds))
    return Token(secret=secret, expires_machine_at=asked_at + lifetime - min(MARGIN, lifetime / 10))
