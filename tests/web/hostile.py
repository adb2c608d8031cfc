"""An order whose shop and carrier wrote everything they should not, in a running web process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from carriers.events import Clock, Milestone, Place, Reason, Tracked, TrackingEvent
from config.settings import load
from tests.servers import PATIENCE
from tests.web.served import Served
from tests.web.shop import UPS, stated
from tracker.domain.shipments import ShipmentId
from tracker.pipeline.ingest import ingest
from tracker.wiring import build

MARKUP = '</script><script>window.ran="stored"</script><img src=x onerror="window.ran=1">'
REVERSING = "invoice\u202egpj.exe\u2066\u200f"  # RIGHT-TO-LEFT OVERRIDE, an isolate never closed, RIGHT-TO-LEFT MARK
HEBREW = "עיר 12"  # ends in digits: what follows would be read as part of it
ENDLESS = "WWWWWWWWWW" * 1_000
INVISIBLE = "a\u200b\u200c\u200d\ufeff\u00adb\x00\x07"
NAMES = (MARKUP, REVERSING, HEBREW, "a\u200b\u200c\u200d\u00adb", ENDLESS[:200])  # the API takes no longer ones


def an_order(served: Served, *, arrived: bool) -> str:
    """The path of its page."""
    now = datetime.now(UTC).replace(microsecond=0)
    body = stated(
        number=f"{MARKUP[:40]} {arrived}",
        placed_at=(now - timedelta(days=6)).isoformat(),
        confirmed_at=None,
        items=[{"sku": f"S{n}", "name": name, "quantity": 2} for n, name in enumerate(NAMES)],
        shipments=[{"tracking_number": UPS[arrived]}],
        recipients=[{"name": MARKUP, "email": "ada@shopper.example", "locale": "en-GB"}],
    )
    answer = served.post("/api/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    order = answer.json()["order"]
    _scan(served, order["shipments"][0]["id"], now, arrived=arrived)
    path: str = urlsplit(order["page_url"]).path
    return path


def _scan(served: Served, shipment_id: str, now: datetime, *, arrived: bool) -> None:
    on_the_way = (
        (Milestone.PICKED_UP, "Hamburg", "", REVERSING),
        (Milestone.IN_TRANSIT, HEBREW, REVERSING, MARKUP),
        (Milestone.IN_TRANSIT, MARKUP, HEBREW, ENDLESS),
        (Milestone.IN_TRANSIT, ENDLESS, INVISIBLE, INVISIBLE),
        (Milestone.IN_TRANSIT, HEBREW, "34", HEBREW),
    )
    scans = (*on_the_way, (Milestone.DELIVERED, "Oslo", "", HEBREW)) if arrived else on_the_way
    events = tuple(
        TrackingEvent(
            code=f"H{n}",
            milestone=milestone,
            reason=Reason.SAFE_PLACE if milestone is Milestone.DELIVERED else None,
            occurred_at=now - timedelta(days=3, hours=10 - n),
            clock=Clock.EXACT,
            utc_offset_minutes=60,
            local_text=f"H{n}",
            place=Place(city=city, region=region, country="DE" if n < len(on_the_way) - 1 else "NO"),
            text=text.replace("\0", ""),
        )
        for n, (milestone, city, region, text) in enumerate(scans)
    )
    answer = Tracked(
        tracking_number=UPS[arrived],
        events=events,
        service=MARKUP,
        left_with=HEBREW,
        handed_over_to=f"{REVERSING}{ENDLESS}",
    )
    app = build(load(served.variables))
    with app.store.write() as unit:
        dossier = unit.dossier(ShipmentId(shipment_id))
        ingest(unit, dossier, [answer], seen_at=now, machine_now=now, rules=app.rules)
    app.close()


class _Reading(HTMLParser):
    """Collects what a page links to and the forms it would post."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "a":
                self.links.append(given.get("href", ""))
            case "form" if given.get("method", "").lower() == "post":
                self.forms.append((given.get("action", ""), {}))
            case "input" | "textarea" | "button" if self.forms and given.get("name"):
                self.forms[-1][1].setdefault(given["name"], _filled(given))
            case "select":
                self._select = given["name"]
            case "option" if self.forms:
                self.forms[-1][1].setdefault(self._select, given.get("value", "en"))


def _filled(given: dict[str, str]) -> str:
    """What somebody would put in."""
    match given.get("type"):
        case "email":
            return "eve@attacker.example"
        case "time":
            return given.get("value") or "22:00"
        case _:
            return given.get("value") or "yes"


@contextmanager
def inside(served: Served, path: str) -> Iterator[httpx.Client]:
    """A reader of that page who has proved to be the recipient, and so is shown every form."""
    # not as a navigation: that would be a view, which is written beside the answer, maybe after a test has counted rows
    headers = {"Accept": "text/html", "Sec-Fetch-Mode": "cors"}
    patience = PATIENCE.total_seconds()
    with httpx.Client(base_url=served.url, headers=headers, follow_redirects=True, timeout=patience) as reader:
        sent = {"next": "messages", "proof": "ada@shopper.example"}
        answer = reader.post(f"{path}/proof", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 200, answer.text
        assert reader.cookies, "the proof is kept"
        yield reader


def forms_below(reader: httpx.Client, path: str, *more: str) -> list[tuple[str, dict[str, str]]]:
    """Every form that the page, or a page below it, posts: its address, and its fields filled in."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    waiting, seen = [path, *more], set[str]()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        answer = reader.get(here)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        reading = _Reading()
        reading.feed(answer.text)
        at = str(answer.url)
        waiting += [below for link in reading.links if (below := _below(at, link, path))]
        found |= {
            f"{urljoin(at, to)} {sorted(fields.items())}": (urljoin(at, to), fields) for to, fields in reading.forms
        }
    return list(found.values())


def _below(at: str, link: str, path: str) -> str:
    here, there = urlsplit(at), urlsplit(urljoin(at, link))
    return there.path if there.netloc == here.netloc and there.path.startswith(f"{path}/") else ""
