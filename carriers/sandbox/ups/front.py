"""How strict UPS is about what it is asked."""

import re
from urllib.parse import parse_qs

from carriers.sandbox import oauth
from carriers.sandbox.calls import Excess
from carriers.sandbox.front import Asked, Front, Scene, reply
from carriers.sandbox.oauth import Desk
from carriers.sandbox.ups.answers import failure, tracked
from carriers.sandbox.wire import Reply, Request

TOKEN_PATH = "/security/v1/oauth/token"
TRACK_PATH = "/api/track/v1/details/"
TOKEN_SECONDS = 14399.0
NUMBER = re.compile(r"[A-Z0-9]{7,34}")
LETTERS = {chr(65 + place): (place + 2) % 10 for place in range(26)}  # what A..Z count in the check digit


def is_valid(number: str) -> bool:
    """Whether the carrier would look the number up at all."""
    if not NUMBER.fullmatch(number):
        return False
    return not number.startswith("1Z") or (len(number) == 18 and number[-1] == check_digit(number[2:-1]))


def check_digit(serial: str) -> str:
    """The last digit of 1Z numbers: every second character counts twice, all of it fills up to ten."""
    values = [int(sign) if sign.isdigit() else LETTERS[sign] for sign in serial]
    return str(-(sum(values[::2]) + 2 * sum(values[1::2])) % 10)


def _asked(request: Request, desk: Desk) -> Asked | None:
    header = request.headers.get("authorization", "")
    if request.path == TOKEN_PATH:
        known = oauth.basic(header)
        return Asked(kind="token", credential=known[0] if known else "unknown")
    if request.path.startswith(TRACK_PATH):
        owner, _ = desk.owner(header)
        return Asked(kind="track", credential=owner or "unknown", numbers=(request.path.removeprefix(TRACK_PATH),))
    return None


def _reply(request: Request, asked: Asked, scene: Scene) -> Reply:
    return _issue(request, scene.desk) if asked.kind == "token" else _track(request, asked.numbers[0], scene)


def _issue(request: Request, desk: Desk) -> Reply:
    if request.method != "POST":
        return _refusal(405, "10405", "Method not allowed")
    known = oauth.basic(request.headers.get("authorization", ""))
    if known is None:
        return _refusal(401, "250003", "Invalid Access License number")
    if not desk.knows(*known):
        return _refusal(401, "250002", "Invalid Authentication Information")
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    grants = parse_qs(request.body.decode("latin-1")).get("grant_type", []) if is_form else []
    if grants != ["client_credentials"]:  # the status is the real one; no answer showed us the code
        return _refusal(400, "10400", "Invalid/Missing Grant Type")
    token = desk.issue(known[0])
    numbers_as_text = {"issued_at": str(token.issued_ms), "expires_in": str(int(token.seconds))}
    names = {"client_id": known[0], "access_token": token.text, "token_type": "Bearer", "status": "approved"}
    return reply(200, {**names, **numbers_as_text})


def _track(request: Request, number: str, scene: Scene) -> Reply:
    if request.method != "GET":
        return _refusal(405, "10405", "Method not allowed")
    owner, is_good = scene.desk.owner(request.headers.get("authorization", ""))
    if not owner:
        return _refusal(401, "UJ0001", "Invalid token or token is not present.")
    if not is_good:
        return _refusal(401, "251004", "Bearer token has expired")
    for name in ("transId", "transactionSrc"):
        if not 1 <= len(request.headers.get(name.lower(), "")) <= 512:
            return _refusal(400, "400", f"Missing or invalid header {name}")
    if number not in scene.known and not is_valid(number):
        return _refusal(400, "TV1002", "Invalid inquiry number")
    return reply(200, tracked(number, known=scene.known, now=scene.now))


def _refuse(status: int) -> Reply:
    match status:
        case 404:
            return _refusal(404, "404", "Not Found")
        case 429:
            return _refusal(429, "10429", "Too Many Requests")
        case 500:
            return _refusal(500, "10004", "Something went wrong")
        case _:
            return _refusal(status, str(status), "Something went wrong")


def _busy(_: Excess) -> Reply:
    return _refuse(429)


def _refusal(status: int, code: str, message: str) -> Reply:
    return reply(status, failure(code, message))


UPS = Front(
    name="ups",
    token_seconds=TOKEN_SECONDS,
    owns=lambda path: path.startswith(("/security/", "/api/")),
    asked=_asked,
    reply=_reply,
    refuse=_refuse,
    busy=_busy,
)
