"""Twilio's API 2010-04-01 for one account: what it answers to a request."""

import hmac
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

from notifiers.sandbox.exchange import Exchange
from notifiers.sandbox.mischief import LISTING, Fault, Trouble
from notifiers.sandbox.refusals import Refusal, refusal_of
from notifiers.sandbox.septets import pieces
from notifiers.sandbox.texts import IN, OUT, Text

ROOT = "/2010-04-01/Accounts"
PAGE = 50
LARGEST_PAGE = 1000


class Cut(StrEnum):
    """How an answer fails to arrive."""

    WHOLE = "whole"  # it does not fail
    HALF = "half"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: str
    authorization: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer."""

    status: int
    body: bytes = b""
    kind: str = "application/json"
    cut: Cut = Cut.WHOLE


RESET = Answer(status=0, cut=Cut.RESET)


def answer(exchange: Exchange, asked: Asked) -> Answer:
    """What Twilio says to it."""
    if not _is_known(exchange, asked.authorization):
        return _refused(Refusal(http_status=401, code=20003))
    account, _, rest = asked.path.removeprefix(f"{ROOT}/").removesuffix(".json").partition("/")
    if account != exchange.account_sid:
        return _refused(Refusal(http_status=404, code=20404))
    return _answer(exchange, asked, rest)


def _answer(exchange: Exchange, asked: Asked, rest: str) -> Answer:
    match [asked.method, *rest.split("/")]:
        case ["GET", ""]:
            return _json(200, _account(exchange))
        case ["POST", "Messages"]:
            return _create(exchange, dict(parse_qsl(asked.body.decode(), keep_blank_values=True)))
        case ["GET", "Messages"]:
            return _list(exchange, dict(parse_qsl(asked.query)))
        case [method, "Messages", sid] if text := exchange.kept.find(sid):
            return _one(exchange, method, text, asked.body)
        case _:
            return _refused(Refusal(http_status=404, code=20404))


def _is_known(exchange: Exchange, authorization: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        given = b64decode(encoded)
    except ValueError:
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(
        given, f"{exchange.account_sid}:{exchange.auth_token}".encode()
    )


def _create(exchange: Exchange, form: dict[str, str]) -> Answer:
    fault = exchange.faults.take(form.get("To", ""), wants=lambda fault: fault.kind not in LISTING)
    instead = fault and _instead(exchange, fault)
    if instead:
        return instead
    refusal = refusal_of(
        form, senders=exchange.senders, services=exchange.services, opted_out=frozenset(exchange.opted_out)
    )
    if refusal:
        return _refused(refusal)
    taken = _json(201, _message(exchange.accept(form), exchange))
    return _spoilt(exchange, fault, taken) if fault else taken


def _instead(exchange: Exchange, fault: Fault) -> Answer | None:
    """The trouble that comes before a text is taken."""
    match fault.kind:
        case Trouble.RST_BEFORE_ACCEPT:
            return RESET
        case Trouble.NO_ACCEPT_500:
            return _refused(Refusal(http_status=500, code=20500))
        case Trouble.BUSY:
            return _refused(Refusal(http_status=429, code=20429))
        case Trouble.REFUSE:
            return _refused(Refusal(http_status=fault.status, code=fault.code))
        case Trouble.SLOW:
            exchange.wait(fault.seconds)
    return None


def _spoilt(exchange: Exchange, fault: Fault, taken: Answer) -> Answer:
    """The trouble that comes when the text is in the ledger."""
    match fault.kind:
        case Trouble.ACCEPT_THEN_RST:
            return RESET
        case Trouble.ACCEPT_THEN_500:
            return _refused(Refusal(http_status=500, code=20500))
        case Trouble.ACCEPT_THEN_SLEEP:
            exchange.wait(fault.seconds)
            return RESET
        case Trouble.ACCEPT_THEN_HALF:
            return Answer(status=201, body=taken.body, cut=Cut.HALF)
        case Trouble.ACCEPT_THEN_HTML:
            return Answer(status=201, body=b"<html>created</html>", kind="text/html")
    return taken


def _list(exchange: Exchange, query: Mapping[str, str]) -> Answer:
    to = query.get("To", "")
    fault = exchange.faults.take(to, wants=lambda fault: fault.kind in LISTING)
    if fault and fault.kind is Trouble.LISTING_DOWN:
        return _refused(Refusal(http_status=503, code=20503))
    asked = query.get("PageSize", str(PAGE))
    size = min(int(asked), LARGEST_PAGE) if asked.isdigit() and int(asked) else PAGE
    number = int(query["Page"]) if query.get("Page", "").isdigit() else 0
    found = [] if fault else [text for text in reversed(exchange.kept.all()) if not to or text.to == to]
    shown = found[number * size : (number + 1) * size]
    base = f"{ROOT}/{exchange.account_sid}/Messages.json"

    def page(place: int) -> str:
        return f"{base}?{urlencode({**({'To': to} if to else {}), 'PageSize': size, 'Page': place})}"

    listed = {
        "end": number * size + max(len(shown) - 1, 0),
        "first_page_uri": page(0),
        "messages": [_message(text, exchange) for text in shown],
        "next_page_uri": page(number + 1) if (number + 1) * size < len(found) else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": page(number - 1) if number else None,
        "start": number * size,
        "uri": page(number),
    }
    return _json(200, listed)


def _one(exchange: Exchange, method: str, text: Text, body: bytes) -> Answer:
    match method:
        case "GET":
            return _json(200, _message(text, exchange))
        case "POST" if dict(parse_qsl(body.decode(), keep_blank_values=True)).get("Body") == "":
            return _json(200, _message(exchange.kept.change(text.sid, body=""), exchange))
        case "POST":
            return _refused(Refusal(http_status=400, code=20001))
        case _:
            return _refused(Refusal(http_status=405, code=20004))


def _message(text: Text, exchange: Exchange) -> dict[str, Any]:
    at = format_datetime(text.accepted_at.replace(microsecond=0))
    uri = f"{ROOT}/{exchange.account_sid}/Messages/{text.sid}"
    is_waiting = text.direction == OUT and text.status in {"accepted", "queued"}
    return {
        "account_sid": exchange.account_sid,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": at,
        "date_sent": None if is_waiting else at,
        "date_updated": at,
        "direction": text.direction,
        "error_code": text.error_code,
        "error_message": None,
        "from": text.sender or None,
        "messaging_service_sid": text.service or None,
        "num_media": "0",
        "num_segments": str(len(pieces(text.body)[1])) if text.sender or text.direction == IN else "0",
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": text.to,
        "uri": f"{uri}.json",
    }


def _account(exchange: Exchange) -> dict[str, Any]:
    return {
        "friendly_name": "Sandbox",
        "owner_account_sid": exchange.account_sid,
        "sid": exchange.account_sid,
        "status": exchange.account_status,
        "type": "Full",
        "uri": f"{ROOT}/{exchange.account_sid}.json",
    }


def _refused(refusal: Refusal) -> Answer:
    return _json(refusal.http_status, refusal.as_json())


def _json(status: int, data: Any) -> Answer:
    return Answer(status=status, body=json.dumps(data).encode())
