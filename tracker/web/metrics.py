"""Figures in Prometheus' text format: from rows, so that any web process tells the same, but for its open pages."""

import threading
import time
from collections.abc import Iterable, Iterator, Sized
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from tracker.store import figures
from tracker.store.figures import Figures
from tracker.wiring import App

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
KEPT_FOR = 5.0  # seconds: several scrapers, one count


class Gauges(Collector):
    """One moment's figures as Prometheus knows them."""

    def __init__(self, found: Figures, app: App, *, live_pages: int) -> None:
        self._found = found
        self._app = app
        self._live_pages = live_pages
        self._machine_now = app.machine_now()

    def collect(self) -> Iterator[Metric]:
        found = self._found
        sent = ("state", "channel", "why_not")
        yield _many("notifications", "Messages planned in the last seven days.", sent, found.notifications.items())
        looks = (((outcome,), count) for outcome, count in found.looks.items())
        yield _many("looks_last_hour", "Looks at carriers within the last hour.", ("outcome",), looks)
        stuck = (((reason, str(severity)), count) for (reason, severity), count in found.stuck.items())
        yield _many("stuck_shipments", "Parcels a person should look at.", ("reason", "severity"), stuck)
        unknown = found.unknown_codes.items()
        yield _many(
            "unknown_code_scans", "Scans of seven days whose code we do not know.", ("carrier", "code"), unknown
        )
        refusals = found.refusals.items()
        yield _many("refused_attempts", "Attempts of seven days that brought nothing.", ("provider", "code"), refusals)
        yield _one("guessed_answers", "Answers of seven days obeyed on a guess.", found.guessed_answers)
        waits = {
            ("messages",): found.message_waits,
            ("looks",): found.look_waits,
            ("reviews",): found.review_waits,
        }
        ages = ((label, span.total_seconds()) for label, span in waits.items())
        yield _many("overdue_seconds", "How long the longest overdue row has waited.", ("what",), ages)
        shut = (((each.name,), float(each.wait(self._machine_now) is not None)) for each in found.gates)
        yield _many("gate_closed", "1 while nobody passes to a carrier or provider.", ("gate",), shut)
        yield _one("pauses", "Pauses in force.", found.pauses)
        yield _one("on_hold", "1 while nothing is sent: the fuse has blown, or a backup came back.", found.on_hold)
        yield _one("doorbell_failures", "Rings that this process lost since it started.", self._app.doorbell.failures)
        yield _one("live_pages", "Pages that stand open and are told of changes by this process.", self._live_pages)
        most = self._app.settings.live_pages
        yield _one("live_pages_limit", "How many it tells at most; the others ask once a minute.", most)
        yield from self._heartbeats()

    def _heartbeats(self) -> Iterator[Metric]:
        beats = self._found.heartbeats
        ages = (((each.name,), _age(each.ok_machine_at, self._machine_now)) for each in beats)
        yield _many("heartbeat_age_seconds", "Since a job last ended well.", ("job",), ages)
        every = (((each.name,), each.every.total_seconds()) for each in beats)
        yield _many("heartbeat_interval_seconds", "How often it should.", ("job",), every)
        took = (((each.name,), each.took.total_seconds()) for each in beats)
        yield _many("heartbeat_took_seconds", "How long it last took.", ("job",), took)


class Metrics:
    """The text, counted anew at most every few seconds."""

    def __init__(self, app: App, streams: Sized) -> None:
        """`streams`: those that stand open at this process."""
        self._app = app
        self._streams = streams
        self._lock = threading.Lock()
        self._text = b""
        self._until = 0.0

    def text(self) -> bytes:
        """Raises StoreAway, StoreUnfit."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._text = _counted(self._app, self._streams)
                self._until = time.monotonic() + KEPT_FOR
            return self._text


def _counted(app: App, streams: Sized) -> bytes:
    with app.store.read() as snapshot:
        found = figures.figures(snapshot, now=app.now(), machine_now=app.machine_now())
    registry = CollectorRegistry()
    registry.register(Gauges(found, app, live_pages=len(streams)))
    return generate_latest(registry)


def _many(name: str, help_: str, labels: tuple[str, ...], rows: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    metric = GaugeMetricFamily(f"wismo_{name}", help_, labels=labels)
    for label, value in rows:
        metric.add_metric(label, value)
    return metric


def _one(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"wismo_{name}", help_, value=value)


def _age(at: datetime, machine_now: datetime) -> float:
    return (machine_now - at).total_seconds()
