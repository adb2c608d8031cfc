"""The carrier's own API: tokens and tracking, as strict as the real one."""

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from carriers.sandbox import oauth
from carriers.sandbox.answers import failure, tracked
from carriers.sandbox.calls import Call, Calls
from carriers.sandbox.clock import Clock
from carriers.sandbox.faults import Fault, Kind, Plan
from carriers.sandbox.stories import Story
from carriers.sandbox.wire import Cut, Reply, Request

TOKEN_PATH = "/security/v1/oauth/token"
TRACK_PATH = "/api/track/v1/details/"
NUMBER = re.compile(r"[A-Z0-9]{7,34}")
LETTERS = {chr(65 + place): (place + 2) % 10 for place in range(26)}  # what A..Z count in the check digit
PAGE = b"<html><head><title>Error</title></head><body><h1>Unauthorized</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Api:
    """Everything one server knows."""

    clock: Clock
    desk: oauth.Desk
    calls: Calls
    is_enforcing: bool = False  # whether a call too many is answered with 429
    faults: Plan = field(default_factory=Plan)
    stories: dict[str, list[Story]] = field(default_factory=dict)

    def tell(self, stories: list[Story]) -> None:
        """These are the lives of these numbers from now on."""
        for number in {story.number for story in stories}:
            self.stories[number] = [story for story in stories if story.number == number]

    def answer(self, request: Request) -> Reply:
        """Count the call, then answer it or fail as told."""
        if request.path == TOKEN_PATH:
            call = Call(at=time.monotonic(), credential=_client(request), kind="token")
        elif request.path.startswith(TRACK_PATH):
            owner, _ = self.desk.owner(request.headers.get("authorization", ""))
            number = request.path.removeprefix(TRACK_PATH)
            call = Call(at=time.monotonic(), credential=owner or "unknown", kind="track", number=number)
        else:
            return _reply(404, failure("404", "Not Found"))
        is_within = self.calls.count(call)
        reply = self._reply(request, call, is_within=is_within)
        call.status = 0 if reply.cut is not Cut.WHOLE else reply.status
        return reply

    def _reply(self, request: Request, call: Call, *, is_within: bool) -> Reply:
        fault = self.faults.take(of=call.kind, number=call.number, now=self.clock.now())
        if fault is not None and fault.kind not in {Kind.SLOW, Kind.HALF}:
            return _trouble(fault)
        if not is_within and self.is_enforcing:
            return _reply(429, failure("10429", "Too Many Requests"))
        reply = self._issue(request) if call.kind == "token" else self._track(request, call.number)
        if fault is None:
            return reply
        is_slow = fault.kind is Kind.SLOW
        return Reply(
            status=reply.status,
            body=reply.body,
            delay=fault.seconds if is_slow else 0.0,
            cut=Cut.WHOLE if is_slow else Cut.HALF,
        )

    def _issue(self, request: Request) -> Reply:
        if request.method != "POST":
            return _reply(405, failure("10405", "Method not allowed"))
        known = oauth.basic(request.headers.get("authorization", ""))
        if known is None:
            return _reply(401, failure("250003", "Invalid Access License number"))
        if not self.desk.knows(*known):
            return _reply(401, failure("250002", "Invalid Authentication Information"))
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        grants = parse_qs(request.body.decode("latin-1")).get("grant_type", []) if is_form else []
        if grants != ["client_credentials"]:  # the status is the real one; no answer showed us the code
            return _reply(400, failure("10400", "Invalid/Missing Grant Type"))
        return _reply(200, self.desk.issue(known[0]))

    def _track(self, request: Request, number: str) -> Reply:
        if request.method != "GET":
            return _reply(405, failure("10405", "Method not allowed"))
        owner, is_good = self.desk.owner(request.headers.get("authorization", ""))
        if not owner:
            return _reply(401, failure("UJ0001", "Invalid token or token is not present."))
        if not is_good:
            return _reply(401, failure("251004", "Bearer token has expired"))
        for name in ("transId", "transactionSrc"):
            if not 1 <= len(request.headers.get(name.lower(), "")) <= 512:
                return _reply(400, failure("400", f"Missing or invalid header {name}"))
        if number not in self.stories and not is_valid(number):
            return _reply(400, failure("TV1002", "Invalid inquiry number"))
        return _reply(200, tracked(number, known=self.stories, now=self.clock.now()))


def is_valid(number: str) -> bool:
    """Whether the carrier would look the number up at all."""
    if not NUMBER.fullmatch(number):
        return False
    return not number.startswith("1Z") or (len(number) == 18 and number[-1] == check_digit(number[2:-1]))


def check_digit(serial: str) -> str:
    """The last digit of 1Z numbers: every second character counts twice, all of it fills up to ten."""
    values = [int(sign) if sign.isdigit() else LETTERS[sign] for sign in serial]
    return str(-(sum(values[::2]) + 2 * sum(values[1::2])) % 10)


def _client(request: Request) -> str:
    known = oauth.basic(request.headers.get("authorization", ""))
    return known[0] if known else "unknown"


def _trouble(fault: Fault) -> Reply:
    wait = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    match fault.kind:
        case Kind.BUSY:
            return _reply(429, failure("10429", "Too Many Requests"), headers=wait)
        case Kind.HTML:
            return Reply(status=fault.status or 401, body=PAGE, kind="text/html")
        case Kind.BODY:
            return Reply(status=fault.status or 200, body=fault.body.encode(), headers=wait)
        case Kind.TIMEOUT:
            return Reply(status=0, body=b"", delay=fault.seconds, cut=Cut.SILENT)
        case Kind.RESET:
            return Reply(status=0, body=b"", cut=Cut.RESET)
        case _:
            status = fault.status or 500
            return _reply(
                status, failure("10004" if status == 500 else str(status), "Something went wrong"), headers=wait
            )


def _reply(status: int, body: dict[str, Any], *, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status=status, body=json.dumps(body, separators=(",", ":")).encode(), headers=headers or {})
