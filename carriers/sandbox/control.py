"""What tests and the demo tell the server, and what they ask it, over HTTP: everything under /_sandbox/."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from carriers.sandbox import faults, stories
from carriers.sandbox.api import Api
from carriers.sandbox.calls import Limit
from carriers.sandbox.clock import SetClock
from carriers.sandbox.wire import Reply, Request

ROOM = "/_sandbox/"


def answer(api: Api, request: Request) -> Reply:
    """Carry out one order, or say what is wrong with it."""
    name = request.path.removeprefix(ROOM)
    try:
        if request.method == "GET":
            return _reply(200, _told(api, name, request.query))
        payload = json.loads(request.body) if request.body.strip() else {}
        return _reply(200, _done(api, f"{request.method} {name}", payload))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return _reply(400, {"error": f"{type(error).__name__}: {error}"})
    except LookupError:
        return _reply(404, {"error": f"no such control: {request.method} {request.path}"})


def _told(api: Api, name: str, query: str) -> Any:
    match name:
        case "clock":
            return {"now": api.clock.now().isoformat()}
        case "calls":
            after = int(parse_qs(query).get("after", ["0"])[-1])
            issued = sum(desk.issued for desk in api.desks.values())
            return {**api.calls.as_json(after=after), "tokens_issued": issued, "now": api.machine()}
        case "breaches":
            return api.calls.breaches_as_json()
        case "stories":
            told = [lives for numbers in api.stories.values() for lives in numbers.values()]
            return [stories.as_json(story) for lives in told for story in lives]
        case _:
            raise LookupError


def _done(api: Api, order: str, payload: Any) -> Any:
    match order:
        case "POST clock":
            if not isinstance(api.clock, SetClock):
                raise ValueError("this clock runs by itself; start the sandbox with --clock set")
            api.clock.set(datetime.fromisoformat(payload["now"]))
            return {"now": api.clock.now().isoformat()}
        case "POST stories":
            told = [stories.read(story) for story in (payload if isinstance(payload, list) else [payload])]
            api.tell(told)
            return {"told": len(told)}
        case "DELETE stories":
            api.stories.clear()
        case "POST faults":
            for fault in [faults.read(each) for each in (payload if isinstance(payload, list) else [payload])]:
                order_fault(api, fault)
        case "DELETE faults":
            api.faults.clear()
        case "POST limits":
            api.calls.set_limit(Limit(**payload))
        case "DELETE calls":
            api.calls.clear()
        case _:
            raise LookupError
    return {"done": True}


def order_fault(api: Api, fault: faults.Fault) -> None:
    """Make this trouble: now for tokens, at the next call that fits for the rest."""
    if fault.kind is faults.Kind.EXPIRE_TOKENS:
        for carrier, desk in api.desks.items():
            if fault.carrier in {"", carrier}:
                desk.expire_all()
    else:
        api.faults.add(fault)


def _reply(status: int, body: Any) -> Reply:
    return Reply(status=status, body=json.dumps(body).encode())
