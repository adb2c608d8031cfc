"""How strict FedEx is about what it is asked."""

import json
import re
import uuid
from typing import Any
from urllib.parse import parse_qs

from carriers.sandbox.calls import Excess
from carriers.sandbox.fedex.answers import tracked
from carriers.sandbox.front import Asked, Front, Scene, reply
from carriers.sandbox.oauth import Desk
from carriers.sandbox.wire import Reply, Request

TOKEN_PATH = "/oauth/token"
TRACK_PATH = "/track/v1/trackingnumbers"
TOKEN_SECONDS = 3599.0
MOST_NUMBERS = 30
BAD_JWT = "The given JWT is invalid. Please modify your request and try again."
JWT = re.compile(r"Bearer [\w-]+\.[\w-]+\.[\w-]+", re.IGNORECASE)
CODES = {
    400: "BAD.REQUEST.ERROR",
    401: "NOT.AUTHORIZED.ERROR",
    403: "FORBIDDEN.ERROR",
    404: "NOT.FOUND.ERROR",
    500: "INTERNAL.SERVER.ERROR",
    503: "SERVICE.UNAVAILABLE.ERROR",
}


def _asked(request: Request, desk: Desk) -> Asked | None:
    if request.path == TOKEN_PATH:
        return Asked(kind="token", credential=_form(request).get("client_id") or "unknown")
    if request.path == TRACK_PATH:
        owner, _ = desk.owner(request.headers.get("authorization", ""))
        numbers = tuple(str(number) for number in _numbers(_body(request)) or ())
        return Asked(kind="track", credential=owner or "unknown", numbers=numbers)
    return None


def _reply(request: Request, asked: Asked, scene: Scene) -> Reply:
    if request.method != "POST":
        return _refusal(405, "METHOD.NOT.ALLOWED.ERROR", "The method is not allowed.")
    return _issue(request, scene.desk) if asked.kind == "token" else _track(request, scene)


def _issue(request: Request, desk: Desk) -> Reply:
    given = _form(request)
    if given.get("grant_type") != "client_credentials" or not {"client_id", "client_secret"} <= set(given):
        message = "Missing or duplicate parameters. Please modify your request and try again."
        return _refusal(400, "BAD.REQUEST.ERROR", message)
    if not desk.knows(given["client_id"], given["client_secret"]):
        message = "The given client credentials were not valid. Please modify your request and try again."
        return _refusal(401, "NOT.AUTHORIZED.ERROR", message)
    token = desk.issue(given["client_id"])
    names = {"access_token": token.text, "token_type": "bearer", "scope": "CXS"}
    return reply(200, {**names, "expires_in": int(token.seconds)})


def _track(request: Request, scene: Scene) -> Reply:
    customer = request.headers.get("x-customer-transaction-id", "")
    refused = _not_let_in(request, scene.desk) or _not_understood(request, customer)
    if refused is not None:
        return refused
    body = _body(request)
    with_scans = body.get("includeDetailedScans") is True
    results = [
        tracked(number, known=scene.known, now=scene.now, with_scans=with_scans) for number in _numbers(body) or ()
    ]
    return reply(200, {**_envelope(customer), "output": {"completeTrackResults": results}})


def _not_let_in(request: Request, desk: Desk) -> Reply | None:
    header = request.headers.get("authorization", "")
    owner, is_good = desk.owner(header)
    if is_good:
        return None
    if owner:
        message = "Access token expired. Please modify your request and try again."
        return _refusal(401, "NOT.AUTHORIZED.ERROR", message)
    # Three parts that nobody signed are told apart from what is no token at all.
    return _refusal(401 if JWT.fullmatch(header) else 400, "BAD.REQUEST.ERROR", BAD_JWT)


def _not_understood(request: Request, customer: str) -> Reply | None:
    numbers = _numbers(_body(request))
    is_json = request.headers.get("content-type", "").split(";")[0].strip() == "application/json"
    if not is_json or numbers is None:
        message = "The given JSON is invalid. Please modify your request and try again."
        return _refusal(400, "BAD.REQUEST.ERROR", message, customer=customer)
    if not numbers or not all(isinstance(number, str) and number.strip() for number in numbers):
        return _refusal(400, "TRACKING.TRACKINGNUMBER.EMPTY", "Please provide tracking number.", customer=customer)
    if len(numbers) > MOST_NUMBERS:  # the limit is the real one; no answer showed us the code
        message = f"The number of tracking numbers exceeds {MOST_NUMBERS}."
        return _refusal(400, "BAD.REQUEST.ERROR", message, customer=customer)
    return None


def _form(request: Request) -> dict[str, str]:
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    given = parse_qs(request.body.decode("latin-1")) if is_form else {}
    return {name: values[0] for name, values in given.items() if len(values) == 1}


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _numbers(body: dict[str, Any]) -> list[Any] | None:
    """What stands where the numbers belong; None when it is not built that way."""
    try:
        return [each["trackingNumberInfo"].get("trackingNumber", "") for each in body["trackingInfo"]]
    except (KeyError, TypeError, AttributeError):
        return None


def _refuse(status: int) -> Reply:
    return _refusal(status, CODES.get(status, str(status)), "Please try again later.")


def _busy(excess: Excess) -> Reply:
    if excess.limit.is_calendar:  # the wording of the daily quota; no answer showed us the code
        message = "You have exceeded your daily quota. Please try again after 12:00 AM GMT."
        return _refusal(429, "TOO.MANY.REQUESTS.ERROR", message)
    return _refusal(429, "TOO.MANY.REQUESTS.ERROR", "We have received too many requests. Please try again later.")


def _refusal(status: int, code: str, message: str, *, customer: str = "") -> Reply:
    return reply(status, {**_envelope(customer), "errors": [{"code": code, "message": message}]})


def _envelope(customer: str) -> dict[str, str]:
    """A transaction of theirs, and the caller's name for it if it gave one."""
    theirs = {"transactionId": str(uuid.uuid4())}
    return {**theirs, "customerTransactionId": customer} if customer else theirs


FEDEX = Front(
    name="fedex",
    token_seconds=TOKEN_SECONDS,
    owns=lambda path: path.startswith(("/oauth/", "/track/v1/")),
    asked=_asked,
    reply=_reply,
    refuse=_refuse,
    busy=_busy,
)
