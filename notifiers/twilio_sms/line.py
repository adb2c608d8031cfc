"""Twilio's own client, made to call through our transport and to answer in plain values."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from twilio.base.exceptions import TwilioException
from twilio.http.response import Response
from twilio.rest import Client

from notifiers.transport import HttpTransport

T = TypeVar("T")

NO_REGION = {"TWILIO_REGION": "", "TWILIO_EDGE": ""}  # else the client reads the environment and changes the host


class Refused(Exception):
    """Twilio said no: an HTTP status, and its own code or 0 when the answer was not Twilio's."""

    def __init__(self, http_status: int, code: int) -> None:
        super().__init__(f"HTTP {http_status}, code {code}")
        self.http_status = http_status
        self.code = code


class Unreadable(Exception):
    """Twilio, or something before it, said yes in a shape we do not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A text as Twilio holds it."""

    sid: str
    status: str
    direction: str
    created_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What Twilio says of an account."""

    status: str
    kind: str


class Line:
    """One account. Every method raises CallFailed, Refused or Unreadable, and nothing of Twilio's."""

    def __init__(self, *, account_sid: str, auth_token: str, base_url: str, transport: HttpTransport) -> None:
        """Connects to nothing."""
        self._client = Client(account_sid, auth_token, http_client=_Calls(transport), environment=NO_REGION)
        self._client.api.base_url = base_url

    def create(self, fields: Mapping[str, object]) -> Held:
        """Hand a text over, once."""
        return _held(_ask(partial(self._client.messages.create, **fields)))

    def pages(self, *, to: str, size: int) -> Iterator[list[Held]]:
        """The texts to a number, newest first, a page at a time."""
        page = _ask(partial(self._client.messages.page, to=to, page_size=size))
        while page is not None:
            texts: list[Any] = _ask(partial(list, page))
            yield [_held(each) for each in texts]
            page = _ask(page.next_page)

    def redact(self, sid: str) -> None:
        """Empty a text that was sent."""
        _ask(partial(self._client.messages(sid).update, body=""))

    def account(self) -> Account:
        """How the account stands."""
        found = _ask(self._client.api.account.fetch)
        return Account(status=str(found.status), kind=str(found.type))


def _held(text: Any) -> Held:
    """Raises Unreadable: a text without an id or a time may be any text."""
    if not text.sid or not isinstance(text.date_created, datetime):
        raise Unreadable("no sid or no date_created")
    return Held(
        sid=str(text.sid),
        status=str(text.status or ""),
        direction=str(text.direction or ""),
        created_at=text.date_created.astimezone(UTC),
        text=str(text.body or ""),
    )


def _ask(question: Callable[[], T]) -> T:
    try:
        return question()
    except (TwilioException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(type(error).__name__) from None


class _Calls:
    """What the client takes for an HTTP client: no log, since lists are asked for by phone number, and no retry."""

    def __init__(self, transport: HttpTransport) -> None:
        self._transport = transport

    def request(self, method: str, uri: str, **about: Any) -> Response:
        """One call. Raises CallFailed or Refused. The transport has the deadline and follows no redirect."""
        reply = self._transport.call(
            method.upper(),
            uri,
            headers=about["headers"] or {},
            query=about["params"],
            form=about["data"],
            login=about["auth"],
        )
        if not 200 <= reply.http_status < 300:
            raise Refused(reply.http_status, _code(reply.body))
        return Response(reply.http_status, reply.body.decode("utf-8", "replace"))


def _code(body: bytes) -> int:
    """Twilio's own code, or 0 when the answer is not Twilio's; the words beside it hold the number."""
    try:
        said = json.loads(body)
    except ValueError:
        return 0
    code = said.get("code") if isinstance(said, dict) else None
    return code if type(code) is int else 0
