"""All the carriers behind one address, told apart by their paths."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from carriers.sandbox.calls import Call, Calls
from carriers.sandbox.clock import Clock, machine_seconds
from carriers.sandbox.dhl.front import DHL
from carriers.sandbox.faults import Fault, Kind, Plan
from carriers.sandbox.fedex.front import FEDEX
from carriers.sandbox.front import Asked, Front, Scene
from carriers.sandbox.oauth import Desk
from carriers.sandbox.stories import Story
from carriers.sandbox.ups.front import UPS
from carriers.sandbox.usps.front import USPS
from carriers.sandbox.wire import Cut, Reply, Request

FRONTS: tuple[Front, ...] = (UPS, FEDEX, USPS, DHL)
PAGE = b"<html><head><title>Error</title></head><body><h1>Unauthorized</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Api:
    """Everything one server knows."""

    clock: Clock
    desks: Mapping[str, Desk]  # by carrier
    calls: Calls
    machine: Callable[[], float] = machine_seconds
    is_enforcing: bool = False  # whether a call too many is answered with 429
    faults: Plan = field(default_factory=Plan)
    stories: dict[str, dict[str, list[Story]]] = field(default_factory=dict)  # by carrier and number

    def tell(self, stories: list[Story]) -> None:
        """These are the lives of these numbers from now on."""
        lives: dict[tuple[str, str], list[Story]] = {}
        for story in stories:
            if story.carrier not in self.desks:
                raise ValueError(f"no carrier {story.carrier!r}; there are {', '.join(self.desks)}")
            lives.setdefault((story.carrier, story.number), []).append(story)
        for (carrier, number), told in lives.items():
            self.stories.setdefault(carrier, {})[number] = told

    def answer(self, request: Request) -> Reply:
        """Count the call, then answer it or fail as told."""
        front = next((front for front in FRONTS if front.owns(request.path)), UPS)
        asked = front.asked(request, self.desks[front.name])
        if asked is None:
            return front.refuse(404)
        call = Call(
            at=self.machine(),
            carrier=front.name,
            credential=asked.credential,
            kind=asked.kind,
            number=",".join(asked.numbers),
        )
        reply = self._reply(request, call, front=front, asked=asked)
        call.status = 0 if reply.cut is not Cut.WHOLE else reply.status
        return reply

    def _reply(self, request: Request, call: Call, *, front: Front, asked: Asked) -> Reply:
        excess = self.calls.count(call)
        now = self.clock.now()
        fault = self.faults.take(carrier=front.name, of=asked.kind, numbers=asked.numbers, now=now)
        if fault is not None and fault.kind not in {Kind.SLOW, Kind.HALF}:
            return _trouble(fault, front)
        if excess is not None and self.is_enforcing:
            return front.busy(excess)
        scene = Scene(now=now, desk=self.desks[front.name], known=self.stories.get(front.name, {}))
        reply = front.reply(request, asked, scene)
        if fault is None:
            return reply
        return replace(reply, delay=fault.seconds) if fault.kind is Kind.SLOW else replace(reply, cut=Cut.HALF)


def _trouble(fault: Fault, front: Front) -> Reply:
    wait = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    match fault.kind:
        case Kind.BUSY:
            return _refused(front, 429, wait)
        case Kind.HTML:
            return Reply(status=fault.status or 401, body=PAGE, kind="text/html")
        case Kind.BODY:
            return Reply(status=fault.status or 200, body=fault.body.encode(), headers=wait)
        case Kind.TIMEOUT:
            return Reply(status=0, body=b"", delay=fault.seconds, cut=Cut.SILENT)
        case Kind.RESET:
            return Reply(status=0, body=b"", cut=Cut.RESET)
        case _:
            return _refused(front, fault.status or 500, wait)


def _refused(front: Front, status: int, wait: Mapping[str, str]) -> Reply:
    reply = front.refuse(status)
    return replace(reply, headers={**reply.headers, **wait})
