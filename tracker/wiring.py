"""Where adapters meet steps: settings in, one App out, which every edge is handed."""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from carriers import registry as carriers
from carriers.contract import Carrier
from carriers.own_pages import tracking_page
from config.settings import Settings
from config.timing import Timing
from notifiers.contract import Notifier
from notifiers.message import Channel
from tracker import messaging, outages, partners, policies
from tracker.domain.brands import Brand
from tracker.domain.cadence import brought_forward
from tracker.domain.orders import Order
from tracker.domain.shipments import OrderId
from tracker.doorbell import RedisDoorbell, SilentDoorbell
from tracker.ops import Ops
from tracker.pipeline import faults, receipts
from tracker.pipeline.conclude import Rules
from tracker.pipeline.dispatch import Sending, dispatch
from tracker.pipeline.looking import Looking
from tracker.pipeline.poll import PollReport, poll
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.receipts import Receiving
from tracker.pipeline.reconcile import Reconciling, reconcile
from tracker.pipeline.review import Reviewing, review
from tracker.pipeline.watching import view_of
from tracker.render import themes
from tracker.render.pages import PageView
from tracker.render.renderer import Renderer
from tracker.store import lookups, sights
from tracker.store.ids import new_id
from tracker.store.tokens import SqlTokens
from tracker.store.unit import SqlStore, open_store

log = structlog.get_logger()

ROWS = 500  # one sweep deals with at once
HANDED_OVER = 10  # notifications that a process without a doorbell claims at once

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything the edges may use; thin methods over the steps, no decision."""

    settings: Settings
    store: SqlStore
    renderer: Renderer
    doorbell: RedisDoorbell | SilentDoorbell
    carriers: Mapping[str, Carrier]  # those that are on
    notifiers: Mapping[Channel, Notifier]
    brands: Mapping[str, Brand]
    rules: Rules
    looking: Mapping[str, Looking]  # by carrier
    sending: Sending
    receiving: Receiving
    reconciling: Reconciling
    reviewing: Reviewing
    ops: Ops
    now: Clock  # shop time
    machine_now: Clock

    @property
    def timing(self) -> Timing:
        return self.settings.timing

    def close(self) -> None:
        """Let go of every connection."""
        for each in (self.doorbell, self.store, *self.carriers.values(), *self.notifiers.values()):
            each.close()

    def poll(self, carrier: str, *, stopping: Callable[[], bool] = lambda: False) -> PollReport:
        """Ask one carrier about everything that is due; rings again when time ran out first."""
        report = self._poll(carrier, self.looking[carrier], stopping=stopping)
        if report.more and not stopping():
            self.doorbell.ring("looks", carrier)
        return report

    def dispatch(self, notification_id: NotificationId) -> int:
        """Hand over one notification, if it is due and free."""
        return dispatch(notification_id, self.sending)

    def work_directly(self, queues: Sequence[str], *, stopping: Callable[[], bool]) -> int:
        """One turn without a doorbell; how much there was to do. Looks get a short turn: messages wait behind them."""
        done = dispatch(None, self.sending, limit=HANDED_OVER, stopping=stopping) if "dispatch" in queues else 0
        for carrier in self._due_carriers() if "looks" in queues else ():
            looking = self.looking[carrier]
            short = replace(looking, pace=replace(looking.pace, turn=self.timing.ring / 5))
            done += self._poll(carrier, short, stopping=stopping).looks
        return done

    def ring_looks(self) -> int:
        """Ring for every carrier that has something due."""
        due = self._due_carriers()
        for carrier in due:
            self.doorbell.ring("looks", carrier)
        return len(due)

    def ring_dispatch(self) -> int:
        """Ring for what is due and was not rung for lately."""
        machine_now = self.machine_now()
        lately = machine_now - self.timing.sweep
        due = self.store.outbox.due(limit=ROWS, now=self.now(), machine_now=machine_now, rung_before=lately)
        for notification_id in due:
            self.doorbell.ring("dispatch", notification_id)
        return len(due)

    def expire_leases(self) -> int:
        """Move on what a dead process left claimed."""
        machine_now = self.machine_now()
        after_grace = machine_now + self.timing.reconcile_grace - self.timing.lease
        return self.store.outbox.expire_leases(machine_now=machine_now, reconcile_machine_at=after_grace)

    def reconcile(self) -> int:
        """Resolve what may have been sent."""
        done = reconcile(self.reconciling, limit=ROWS, now=self.now(), machine_now=self.machine_now())
        for notification_id in done.resent:
            self.doorbell.ring("dispatch", notification_id)
        return len(done.resent) + done.found + done.given_up

    def apply_receipts(self) -> int:
        """Apply what providers posted and nobody has applied yet; end the wait for what never came."""
        return receipts.apply(self.receiving, limit=ROWS) + receipts.close(self.receiving, limit=ROWS)

    def expire(self) -> int:
        """End what is no longer true."""
        return self.store.outbox.expire(limit=ROWS, now=self.now(), machine_now=self.machine_now())

    def review(self) -> int:
        """Judge the shipments whose review has come."""
        return review(self.reviewing, limit=ROWS)

    def watched(self, order_id: OrderId) -> None:
        """Somebody has opened the page: keep when, and look sooner as far as the ladder allows."""
        now, ladder = self.now(), self.rules.ladder
        with self.store.read() as snapshot:
            order = lookups.order_by_id(snapshot, order_id)
        shipments = order.shipments if order else ()
        views = [view_of(each) for each in shipments if each.carrier in self.carriers]
        sooner = [at for view in views if (at := brought_forward(view, now, ladder))]
        self.store.watched(order_id, at=now, next_look_at=min(sooner, default=None))

    def page_url(self, order: Order) -> str | None:
        """The shop's own link to an order's page; None once the links were revoked."""
        link = self.sending.pages_at[order.brand] + self.store.vault.page_path(order.id)
        with self.store.read() as snapshot:
            return link if sights.version(snapshot, link.rpartition("/")[2]) is not None else None

    def page_view(self, view: sights.PageView) -> PageView:
        """What the renderer wants to know of an order."""
        shipments = view.order.shipments
        order = outages.shown(view.order, view.shut, self.carriers, now=self.now(), warp=self.settings.warp)
        return PageView(
            order=order,
            events=view.events,
            carrier_pages={each.id: tracking_page(each.carrier, each.tracking_number) for each in shipments},
            cannot_be_asked=frozenset(each.id for each in shipments if each.carrier not in self.carriers),
            partners=partners.found(shipments),
            reported=view.reported,
        )

    def _poll(self, carrier: str, looking: Looking, *, stopping: Callable[[], bool]) -> PollReport:
        report = poll(self.carriers[carrier], looking, stopping=stopping)
        for defect in report.defects:
            log.error("look_defect", carrier=carrier, defect=defect)
        return report

    def _due_carriers(self) -> list[str]:
        with self.store.read() as snapshot:
            now, machine_now = self.now(), self.machine_now()
            return lookups.carriers_due(snapshot, sorted(self.carriers), now=now, machine_now=machine_now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What every step stands on."""

    settings: Settings
    store: SqlStore
    doorbell: RedisDoorbell | SilentDoorbell
    rules: Rules
    now: Clock
    machine_now: Clock
    owner: str
    hit: faults.Hit


def build(
    settings: Settings,
    *,
    machine_now: Clock = lambda: datetime.now(UTC),
    now: Clock | None = None,
    make_id: Callable[[], str] = new_id,
) -> App:
    """Everything made, nothing connected. Raises ThemeUnreadable, NotifierMisconfigured, ValueError."""
    ground = _ground(settings, machine_now=machine_now, now=now or _shop_clock(settings, machine_now), make_id=make_id)
    asked = _carriers(ground)
    renderer = Renderer.load()
    sending = messaging.sending(
        settings,
        store=ground.store,
        rules=ground.rules,
        renderer=renderer,
        now=ground.now,
        machine_now=machine_now,
        owner=ground.owner,
        hit=ground.hit,
    )
    return App(
        settings=settings,
        store=ground.store,
        renderer=renderer,
        doorbell=ground.doorbell,
        carriers=asked,
        notifiers=sending.notifiers,
        brands=ground.rules.brands,
        rules=ground.rules,
        looking={name: _looking(ground, name) for name in asked},
        sending=sending,
        receiving=messaging.receiving(
            settings, store=ground.store, now=ground.now, machine_now=machine_now, hit=ground.hit
        ),
        reconciling=messaging.reconciling(settings, sending, ground.store.outbox),
        reviewing=Reviewing(
            store=ground.store,
            doorbell=ground.doorbell,
            rules=ground.rules,
            now=ground.now,
            machine_now=machine_now,
            hit=ground.hit,
        ),
        ops=Ops(store=ground.store, now=ground.now, machine_now=machine_now),
        now=ground.now,
        machine_now=machine_now,
    )


def _ground(settings: Settings, *, machine_now: Clock, now: Clock, make_id: Callable[[], str]) -> _Ground:
    brands = {each.slug: policies.brand(each) for each in settings.brands}
    for brand in brands.values():
        themes.check(brand)
    secret, busy = settings.secret_key.encode(), settings.timing.sqlite_busy
    return _Ground(
        settings=settings,
        store=open_store(settings.database_url, secret=secret, busy=busy, make_id=make_id),
        doorbell=RedisDoorbell(settings.redis_url) if settings.redis_url else SilentDoorbell(),
        rules=policies.rules(settings.schedule, brands, texts=settings.twilio is not None),
        now=now,
        machine_now=machine_now,
        owner=f"{socket.gethostname()}:{os.getpid()}",
        hit=faults.planted(faults.read_faults(settings.faults)),
    )


def _looking(ground: _Ground, carrier: str) -> Looking:
    return Looking(
        store=ground.store,
        doorbell=ground.doorbell,
        rules=ground.rules,
        quotas=policies.quotas(ground.settings.carriers[carrier]),
        now=ground.now,
        machine_now=ground.machine_now,
        owner=ground.owner,
        pace=policies.look_pace(ground.settings.timing),
        hit=ground.hit,
    )


def _shop_clock(settings: Settings, machine_now: Clock) -> Clock:
    warp = settings.warp
    return machine_now if warp is None else lambda: warp.shop_time(machine_now())


def _carriers(ground: _Ground) -> dict[str, Carrier]:
    """Those with credentials; settings say of each other why it is off."""
    settings, timing, machine_now = ground.settings, ground.settings.timing, ground.machine_now
    tokens = SqlTokens(ground.store, machine_now=machine_now, lease=timing.token_lease, spare=timing.token_spare)
    return {
        name: carriers.OPEN[name](
            each.base_url, each.credentials, tokens=tokens, machine_now=machine_now, total=timing.http_total
        )
        for name, each in settings.carriers.items()
        if each.enabled
    }
