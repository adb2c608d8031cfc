"""While a carrier is down, busy, refuses us or answers nonsense, the page says so and never "no news": real carriers'
code against the sandbox, whose own ledger says from when until when it made trouble."""

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from carriers.sandbox import words
from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Spot, Story
from carriers.sandbox.ups.front import check_digit
from config.settings import load
from tests.journeys.parcels import PARCELS
from tests.journeys.week import BRAND, DENVER, Clock, environment
from tests.web.shop import Client
from tracker.demo.moments import settle
from tracker.domain.intake import NewOrder, NewShipment
from tracker.intake import carry_out
from tracker.pipeline.register import register
from tracker.store import agenda
from tracker.store.schema import migrate
from tracker.web.app import create_app
from tracker.wiring import App, build

NAMES = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL"}
NUMBERS = {
    "ups": f"1Z5R8939000000017{check_digit('5R8939000000017')}",
    "fedex": "794900000017",
    "usps": "9205590175547700000017",
    "dhl": "7700000017",
}
SPOT = Spot(city="Denver", region="CO", country="US", utc_offset=timedelta(hours=-7))
BEGINS = datetime(2026, 11, 9, 18, tzinfo=UTC)  # eleven in the morning in Denver, a Monday
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STEP = 10 * MINUTE
LASTS = 3 * HOUR  # the trouble
LONGEST = 30 * HOUR  # until everybody is asked again, also who refused us
FURTHER = "may be further along than shown"
NO_NEWS = ("We asked", "last scan", "next look", "no scan yet", "no new scan", "nothing new", "no news")

HTML_PAGE = "<!doctype html><title>Just a moment</title><p>Verify you are human"
TROUBLES: Mapping[str, tuple[Mapping[str, object], str]] = {  # the sandbox's fault, and what the page must say of it
    "down": ({"kind": "503"}, "has not answered us since"),
    "torn connections": ({"kind": "reset"}, "has not answered us since"),
    "busy": ({"kind": "429", "retry_after": 1800}, "has made us wait since"),
    "unauthorised": ({"kind": "status", "status": 401}, "has turned our questions away since"),
    "forbidden": ({"kind": "status", "status": 403}, "has turned our questions away since"),
    "a captcha": ({"kind": "body", "status": 200, "body": HTML_PAGE}, "has answered in a form we cannot read since"),
    "nothing at all": ({"kind": "body", "status": 200, "body": ""}, "has answered in a form we cannot read since"),
    "torn JSON": (
        {"kind": "body", "status": 200, "body": '{"shipment": [{"num'},
        "has answered in a form we cannot read since",
    ),
    "another shape": (
        {"kind": "body", "status": 200, "body": '{"parcels": []}'},
        "has answered in a form we cannot read since",
    ),
}


@dataclass(slots=True, kw_only=True)
class Shop:
    """One Wismo with one parcel at each carrier, and its pages as a browser gets them."""

    app: App
    sandbox: Sandbox
    clock: Clock
    client: Client
    paths: dict[str, str] = field(default_factory=dict)

    def shown(self, carrier: str) -> str:
        """The page's own words."""
        main = self.client.get(self.paths[carrier]).text.partition("<main")[2].partition("</main>")[0]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())

    def pass_until(self, at: datetime) -> Iterator[None]:
        """From one moment at which something is due to the next, ten minutes at least."""
        while self.clock.at < at:
            waits = settle(self.app).waits
            yield
            shut = {carrier: self.clock.at + wait for carrier, wait in waits.items()}
            with self.app.store.read() as snapshot:
                due = agenda.next_due(snapshot, not_asked_before=shut) or at
            self.clock.at = min(at, max(due, self.clock.at + STEP))

    def first_call(self, carrier: str, *, since: datetime) -> datetime | None:
        """When the carrier, by its own ledger, was first asked about a parcel since then."""
        log = (each for each in self.sandbox.api.calls.log if each.carrier == carrier and each.kind == "track")
        asked = (datetime.fromtimestamp(each.at, tz=UTC) for each in log)
        return next((at for at in asked if at >= since), None)


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    clock = Clock(at=BEGINS - HOUR)
    with Sandbox(clock=clock, machine=clock.seconds) as sandbox:
        settings = load(environment(sandbox, folder))
        migrate(settings.database_url)
        app = build(settings, machine_now=clock.now, now=clock.now)
        client = Client(create_app(app, version="0.test"))
        try:
            shop = Shop(app=app, sandbox=sandbox, clock=clock, client=client)
            for carrier in PARCELS:
                sandbox.tell(_story(carrier))
                shop.paths[carrier] = _placed(app, carrier)
            yield shop
        finally:
            client.close()
            app.close()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_carrier_in_trouble_is_named_and_never_read_as_no_news(trouble: str, tmp_path: Path) -> None:
    fault, says = TROUBLES[trouble]
    with opened(tmp_path) as shop:
        for _ in shop.pass_until(BEGINS):
            pass
        for carrier, name in NAMES.items():
            assert f"We asked {name}" in shop.shown(carrier), "fresh before the trouble"

        shop.clock.at += MINUTE  # a page is made for a minute
        shop.sandbox.fault(**fault, of="track", count=None)
        told = set()
        for _ in shop.pass_until(BEGINS + LASTS):
            for carrier in NAMES:
                if began := shop.first_call(carrier, since=BEGINS):
                    _is_blind(shop.shown(carrier), carrier, says, since=began)
                    told.add(carrier)
        assert told == set(NAMES), "each carrier was asked while it was in trouble"

        shop.sandbox.api.faults.clear()
        shop.clock.at += MINUTE
        mended_at, fresh = shop.clock.at, set[str]()
        for _ in shop.pass_until(BEGINS + LONGEST):
            for carrier in NAMES.keys() - fresh:
                if shop.first_call(carrier, since=mended_at):  # the first look after the trouble
                    _is_fresh(shop.shown(carrier), carrier)
                    fresh.add(carrier)
            if len(fresh) == len(NAMES):
                break
        assert fresh == set(NAMES), "each carrier was asked again"


def _is_blind(shown: str, carrier: str, says: str, *, since: datetime) -> None:
    clock = f"{since - 7 * HOUR:%I:%M %p}".lstrip("0")
    assert f"{NAMES[carrier]} {says} {clock}." in shown, shown
    assert FURTHER in shown
    for phrase in NO_NEWS:
        assert phrase not in shown, f"{phrase!r} in {shown}"


def _is_fresh(shown: str, carrier: str) -> None:
    assert f"We asked {NAMES[carrier]} just now" in shown, shown
    assert "last scan" in shown
    assert FURTHER not in shown


def _story(carrier: str) -> Story:
    """Scanned until the evening before; what happens next happens while nobody can be asked."""
    told = (("label", -70), ("picked up", -60), ("departed", -40), ("arrived", -20), ("departed", 2))
    scans = (words.scan(kind, at=BEGINS + hours * HOUR, spot=SPOT, carrier=carrier) for kind, hours in told)
    return Story(
        number=NUMBERS[carrier],
        carrier=carrier,
        scans=tuple(replace(each, day_only=False) for each in scans),
        origin=SPOT,
        destination=SPOT,
    )


def _placed(app: App, carrier: str) -> str:
    """The path of the page of a new order with that parcel."""
    new = NewOrder(
        number=f"B-{carrier}",
        stated=frozenset({"placed_at", "shipments", "destination"}),
        placed_at=BEGINS - 72 * HOUR,
        destination=DENVER,
        shipments=(NewShipment(tracking_number=NUMBERS[carrier], carrier=carrier),),
    )
    terms = carry_out.terms(app, source="api")
    with app.store.write() as unit:
        order = register(unit, new, brand=BRAND, terms=terms).order
    return app.store.vault.page_path(order.id)
