"""How strict USPS is about what it is asked."""

import json
import math
import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from carriers.sandbox.calls import Excess
from carriers.sandbox.front import Asked, Front, Scene, reply
from carriers.sandbox.oauth import Desk
from carriers.sandbox.stories import Known
from carriers.sandbox.telling import lives
from carriers.sandbox.usps.answers import detail, summary
from carriers.sandbox.wire import Reply, Request

TOKEN_PATH = "/oauth2/v3/token"
TRACK_PATH = "/tracking/v3/tracking/"
TOKEN_SECONDS = 28799.0
SCOPES = frozenset({"addresses", "labels", "locations", "prices", "service-delivery-standards", "tracking"})
NUMBER = re.compile(r"[A-Z0-9]{10,34}")
ZIP_BEFORE = re.compile(r"420[0-9]{5}(?:[0-9]{4})?(9[0-9]{21,25})")  # the destination's, before the number itself
BUSY_SECONDS = 60  # what a refused caller is told to wait when no limit says more
NOT_YET = "12: A status update is not yet available on your package. Check back later."
INCORRECT = "7: The tracking number may be incorrect or the status update is not yet available."
NOT_AVAILABLE = "Tracking is not available for this item."


def _asked(request: Request, desk: Desk) -> Asked | None:
    if request.path == TOKEN_PATH:
        return Asked(kind="token", credential=_given(request).get("client_id") or "unknown")
    if request.path.startswith(TRACK_PATH):
        owner, _ = desk.owner(request.headers.get("authorization", ""))
        return Asked(kind="track", credential=owner or "unknown", numbers=(request.path.removeprefix(TRACK_PATH),))
    return None


def _reply(request: Request, asked: Asked, scene: Scene) -> Reply:
    if asked.kind == "token":
        return _issue(request, scene.desk)
    return _not_let_in(request, scene.desk) or _track(request, asked.numbers[0], scene)


def _issue(request: Request, desk: Desk) -> Reply:
    """A scope that was asked for by name makes the token good for no more than that."""
    given = _given(request)
    if request.method != "POST":
        return _refuse(405)
    if given.get("grant_type") != "client_credentials":
        return _oauth_refusal(400, "unsupported_grant_type", "The grant_type is missing or not supported.")
    if not desk.knows(given.get("client_id", ""), given.get("client_secret", "")):
        return _oauth_refusal(401, "invalid_client", "The client credentials are not valid.")
    wanted = frozenset(given.get("scope", "").split())
    token = desk.issue(given["client_id"], scope=SCOPES & wanted if wanted else SCOPES)
    return reply(
        200,
        {
            "access_token": token.text,
            "token_type": "Bearer",
            "issued_at": str(token.issued_ms),
            "expires_in": str(int(token.seconds)),
            "status": "approved",
            "scope": " ".join(sorted(token.scope)),
            "issuer": "https://keyc.usps.com/realms/USPS",
            "client_id": given["client_id"],
            "application_name": "sandbox",
            "api_products": "[Public Access I]",
            "public_key": "c2FuZGJveA==",
        },
    )


def _not_let_in(request: Request, desk: Desk) -> Reply | None:
    header = request.headers.get("authorization", "")
    if not desk.owner(header)[1]:
        return _refuse(401)
    if "tracking" not in desk.scope(header):
        return _refusal(401, "401", title="Insufficient OAuth scope", detail="The token's scope lacks tracking.")
    return None


def _track(request: Request, number: str, scene: Scene) -> Reply:
    if request.method != "GET":
        return _refuse(405)
    asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
    expand = asked.get("expand", "SUMMARY")
    if not NUMBER.fullmatch(number):
        return _malformed("trackingNumber", number)
    if expand not in {"SUMMARY", "DETAIL"}:
        return _malformed("expand", expand)
    if "mailingDate" in asked and not _is_day(asked["mailingDate"]):
        return _malformed("mailingDate", asked["mailingDate"])
    number = _without_zip(number, scene.known)
    found = lives(number, known=scene.known, now=scene.now)
    if not found:
        return _not_found(number, scene)
    return reply(200, detail(found[-1], scene.now) if expand == "DETAIL" else summary(found[-1], scene.now))


def _not_found(number: str, scene: Scene) -> Reply:
    """A number that will be known: not yet, and the code stands only in the text. Any other: may be incorrect."""
    told = scene.known.get(number, ())
    coming = [life for life in told if life.purged_at is None or scene.now < life.purged_at]
    if not coming:
        return _refusal(400, "150002", title="Tracking number", detail=INCORRECT)
    if coming[-1].hidden_at_first:
        return _refusal(404, "404", title="Not Found", detail=NOT_AVAILABLE)
    return _refusal(400, "", title="Tracking number", detail=NOT_YET)


def _without_zip(number: str, known: Known) -> str:
    found = ZIP_BEFORE.fullmatch(number)
    return found[1] if found and number not in known else number


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _given(request: Request) -> dict[str, str]:
    """What the token was asked with: JSON or a form."""
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind == "application/x-www-form-urlencoded":
        return {name: values[0] for name, values in parse_qs(request.body.decode("latin-1")).items()}
    try:
        given = json.loads(request.body) if kind == "application/json" else {}
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _refuse(status: int) -> Reply:
    titles = {401: "Invalid token", 403: "Access denied", 404: "Not Found", 429: "Too Many Requests"}
    title = titles.get(status, "Service error")
    refused = _refusal(status, str(status), title=title, detail=title)
    return _waiting(refused, BUSY_SECONDS) if status in {429, 503} else refused


def _busy(excess: Excess) -> Reply:
    return _waiting(_refuse(429), excess.wait)


def _waiting(refused: Reply, seconds: float) -> Reply:
    wait = {"Retry-After": str(math.ceil(seconds))}
    return Reply(status=refused.status, body=refused.body, headers=wait)


def _malformed(parameter: str, value: str) -> Reply:
    wrong = f"OASValidation: the value of {parameter} does not match its schema."
    return _refusal(400, "400", title="Bad Request", detail=wrong, source={"parameter": parameter, "example": value})


def _refusal(status: int, code: str, *, title: str, detail: str, source: dict[str, str] | None = None) -> Reply:
    each: dict[str, Any] = {"status": str(status), "code": code, "title": title, "detail": detail}
    error = {"code": str(status), "message": detail, "errors": [{**each, "source": source or {}}]}
    return reply(status, {"apiVersion": "/tracking/v3", "error": error})


def _oauth_refusal(status: int, error: str, description: str) -> Reply:
    return reply(status, {"error": error, "error_description": description, "error_uri": ""})


USPS = Front(
    name="usps",
    token_seconds=TOKEN_SECONDS,
    newest_token_only=True,
    owns=lambda path: path.startswith(("/oauth2/", "/tracking/")),
    asked=_asked,
    reply=_reply,
    refuse=_refuse,
    busy=_busy,
)
