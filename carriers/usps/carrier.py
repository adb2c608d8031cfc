"""How USPS is asked: one number, a shared OAuth token that must carry the tracking scope, every call counted.

Their newer bulk address (v3r2) is not used: how many numbers it takes is not published, it names its fields anew, and
no answer of it has been seen whole. Until then a batch is one number, and sixty calls an hour are what a shop has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

from carriers.contract import Answer, CarrierRefused, Meter, Token, Tokens, Unreadable
from carriers.shapes import digits, parse_json, words
from carriers.transport import Reply, Transport
from carriers.usps import answers

TOKEN_PATH = "/oauth2/v3/token"  # noqa: S105 (a path, not a secret)
TRACK_PATH = "/tracking/v3/tracking/"
TRACK_QUERY = "?expand=DETAIL"  # without it they send prose
SCOPE = "tracking"  # not every application has it; asking for it by name can shrink what is granted
MARGIN = timedelta(seconds=100)  # a token this near its end may run out on the way
PAGE = "https://tools.usps.com/go/TrackConfirmAction?tLabels="


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

        def fetch() -> Token:
            meter.spend()
            return self._fetch_token()

        token = self.tokens.get(self.credential, fetch)
        try:
            reply = self._look(number, token)
        except CarrierRefused as refused:
            if refused.http_status != 401 or answers.is_about_scope(refused.body):  # a new token would not help
                return self.read(refused.body, http_status=refused.http_status or 401, numbers=numbers)
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
        """Fetch a token of its own, so that a kept one cannot hide a wrong secret.

        It may end the kept one, which the next look then renews.
        """
        meter.spend()
        self._fetch_token()

    def close(self) -> None:
        """Let go of kept connections."""
        self.transport.close()

    def page_url(self, number: str) -> str:
        """USPS's own page of this number."""
        return PAGE + quote(number, safe="")

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
        return _token(reply, asked_at)


def _token(reply: Reply, asked_at: datetime) -> Token:
    """A token counts from when it was asked for; its issued_at is their clock. expires_in is a number or a text."""
    payload = parse_json(reply.body, http_status=reply.http_status)
    secret, seconds = words(payload.get("access_token")), digits(payload.get("expires_in"))
    if not secret:
        answers.read(reply.body, http_status=reply.http_status, numbers=())  # raises what their error means
    if not secret.isascii() or not secret.isprintable() or not secret or not 0 < len(seconds) <= 9:
        raise Unreadable("USPS's token answer holds no token or no lifetime", http_status=reply.http_status)
    granted = words(payload.get("scope")).split()
    if granted and SCOPE not in granted:
        raise CarrierRefused(answers.NO_SCOPE, http_status=reply.http_status)
    lifetime = timedelta(seconds=int(seconds))
    return Token(secret=secret, expires_machine_at=asked_at + lifetime - min(MARGIN, lifetime / 10))
