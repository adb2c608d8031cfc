"""Whether the queue names every parcel that something is wrong with, and hardly any other: many parcels in one shop."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from config.settings import Settings, load
from notifiers.sandbox import faults as mail_faults
from tracker.demo import faces, moments
from tracker.demo.goods import item
from tracker.demo.healthy import Journey
from tracker.demo.injected import Injected
from tracker.demo.moments import Clock
from tracker.demo.stage import Stage, told
from tracker.demo.tale import when
from tracker.domain.orders import Order, OrderStage
from tracker.domain.problems import StuckReason
from tracker.intake import carry_out
from tracker.pipeline import register
from tracker.shops import orders
from tracker.store import lookups, stuck
from tracker.store.schema import migrate
from tracker.store.stuck import Wanted
from tracker.wiring import App, build

BRAND = "alpenglow"
TICK = timedelta(hours=2)  # of shop time: asked less often than usual, so that news comes late
ENDS_AT = when("27 18:00")  # every healthy parcel has arrived, every injected one is on the queue
NAME = "crowd"
MOST_FALSE = 0.02  # of the healthy parcels may have been on the queue at any time


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of a crowd."""

    healthy: int
    false: dict[str, StuckReason]  # healthy orders that were on the queue at some time, with the first reason
    wrong: tuple[str, ...]  # injected ones that are missing at the end, or named for something else
    looks: int
    unfinished: tuple[str, ...]  # healthy ones that are not delivered at the end
    faces: tuple[str, ...]  # what the command, the API or the console says otherwise than the query

    @property
    def share(self) -> float:
        return len(self.false) / self.healthy if self.healthy else 0.0

    @property
    def is_right(self) -> bool:
        return not self.wrong and not self.unfinished and not self.faces and self.share <= MOST_FALSE


@dataclass(slots=True, kw_only=True)
class _Crowd:
    at: Stage
    app: App
    clock: Clock
    coming: list[Journey]  # the next one last
    looks: int = 0
    false: dict[str, StuckReason] = field(default_factory=dict)
    healthy: frozenset[str] = frozenset()

    def run(self) -> None:
        while self.clock.at < ENDS_AT:
            self.clock.at += TICK
            self.at.carrier.set_clock(self.clock.at)
            while self.coming and self.coming[-1].placed <= self.clock.at:
                self._place(self.coming.pop())
            self.looks += moments.settle(self.app).looks
            self._watch()

    def _place(self, journey: Journey) -> None:
        new = orders.read(_order(journey), now=self.clock.at)
        carry_out.carry_out(self.app, lambda unit, terms: register.register(unit, new, brand=BRAND, terms=terms))

    def _watch(self) -> None:
        for number, reasons in on_queue(self.app).items():
            if number in self.healthy:
                self.false.setdefault(number, reasons[0])


def play(at: Stage, healthy: Sequence[Journey], injected: Sequence[Injected], *, say: Callable[[str], None]) -> Seen:
    """Let them all travel at once, then look at the queue."""
    clock = Clock()
    journeys = [*healthy, *(each.journey for each in injected)]
    _tell(at, journeys, injected)
    with opened(at, now=clock.now) as app:
        crowd = _Crowd(
            at=at,
            app=app,
            clock=clock,
            coming=sorted(journeys, key=lambda each: each.placed, reverse=True),
            healthy=frozenset(each.number for each in healthy),
        )
        crowd.run()
        found = on_queue(app)
        unfinished = tuple(_unfinished(app, crowd.healthy))
    seen = Seen(
        healthy=len(healthy),
        false=crowd.false,
        wrong=tuple(_wrong(injected, found)),
        looks=crowd.looks,
        unfinished=unfinished,
        faces=tuple(differences(found, faces.ask_all(told(at, NAME), now=clock.at))),
    )
    for line in _in_words(seen, len(injected)):
        say(line)
    return seen


def on_queue(app: App) -> dict[str, list[StuckReason]]:
    """Order numbers on the queue, with their reasons, the gravest first."""
    found: dict[str, list[StuckReason]] = {}
    cursor: str | None = ""
    while cursor is not None:
        with app.store.read() as snapshot:
            page = stuck.stuck(snapshot, app.now(), wanted=Wanted(), cursor=cursor, limit=500)
        for row in page.rows:
            found[row.order_number] = [each.reason for each in row.shipment.judgement.problems]
        cursor = page.next
    return found


def differences(found: dict[str, list[StuckReason]], said: Mapping[str, faces.Reasons]) -> Iterator[str]:
    """Where a face says otherwise than the query."""
    wanted = {number: tuple(map(str, reasons)) for number, reasons in found.items()}
    for face, rows in said.items():
        for number in sorted(wanted.keys() | rows.keys()):
            if wanted.get(number) != rows.get(number):
                yield f"{face}: {number} is there for {rows.get(number)}, should be for {wanted.get(number)}"


@contextmanager
def opened(at: Stage, *, now: Callable[[], datetime]) -> Iterator[App]:
    """A Wismo that asks without limits: what it judges is looked at here, not how often it may ask."""
    settings = settings_of(at)
    migrate(settings.database_url)
    app = build(settings, machine_now=now, now=now)
    try:
        yield app
    finally:
        app.close()


def settings_of(at: Stage) -> Settings:
    """Its settings."""
    settings = load(told(at, NAME))
    unlimited = {name: replace(each, quotas=()) for name, each in settings.carriers.items()}
    return replace(settings, carriers=unlimited)


def _tell(at: Stage, journeys: Sequence[Journey], injected: Sequence[Injected]) -> None:
    at.carrier.api.faults.clear()
    at.carrier.api.stories.clear()
    at.carrier.tell(*(each.story for each in journeys if each.story.scans))
    for each in injected:
        if each.fault:
            at.carrier.fault(**each.fault)
        if each.refuses:
            refusal = {"stage": "rcpt", "action": "reply", "code": 550, "text": "5.1.1 no such user", "count": None}
            at.mailbox.faults.add(mail_faults.read({**refusal, "to": each.refuses}))


def _order(journey: Journey) -> dict[str, Any]:
    placed = journey.placed.astimezone(UTC).isoformat()
    return {
        "number": journey.number,
        "placed_at": placed,
        "confirmed_at": placed,
        "recipients": [{"email": journey.email}] if journey.email else [],
        "destination": journey.destination,
        "items": [item("Trail jacket")],
        "shipments": [{"carrier": journey.story.carrier, "tracking_number": journey.story.number}],
    }


def _wrong(injected: Sequence[Injected], found: dict[str, list[StuckReason]]) -> Iterator[str]:
    for each in injected:
        reasons = found.get(each.journey.number, [])
        if each.reason not in reasons:
            yield f"{each.journey.number}: on the queue for {', '.join(reasons) or 'nothing'}"


def _unfinished(app: App, healthy: frozenset[str]) -> Iterator[str]:
    after: str | None = None
    while True:
        with app.store.read() as snapshot:
            page = lookups.orders(snapshot, BRAND, after=after, stage=None, limit=500)
        yield from (f"{each.number} is {each.state.state}" for each in page.orders if _is_open(each, healthy))
        if page.next is None:
            return
        after = page.next


def _is_open(order: Order, healthy: frozenset[str]) -> bool:
    return order.number in healthy and order.state.stage is not OrderStage.DELIVERED


def _in_words(seen: Seen, injected: int) -> Iterator[str]:
    yield f"{injected - len(seen.wrong)} of {injected} injected problems are on the queue with their reason"
    yield from (f"  {each}" for each in seen.wrong)
    yield "command line, API and console say the same" if not seen.faces else "the queue's faces differ"
    yield from (f"  {each}" for each in seen.faces[:20])
    why = ", ".join(f"{count} {reason}" for reason, count in Counter(seen.false.values()).most_common())
    yield f"{len(seen.false)} of {seen.healthy} healthy parcels were ever on it ({seen.share:.1%}); {why or 'none'}"
    yield f"{len(seen.unfinished)} healthy parcels did not arrive {'; '.join(seen.unfinished[:5])}".rstrip()
