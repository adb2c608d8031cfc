"""What the steps need of the store: transactions, claims, gates and the outbox."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

from carriers.events import TrackingEvent
from notifiers.message import Channel, Handover, Message
from tracker.domain.cadence import LookView
from tracker.domain.notices import Notice, Notification, Told, ToldBefore, WhyNot
from tracker.domain.orders import Order, OrderState
from tracker.domain.people import Recipient
from tracker.domain.shipments import LookOutcome, OrderId, Shipment, ShipmentId, Transition
from tracker.pipeline.dossier import Audience, Dossier
from tracker.pipeline.look_record import LookRecord

NotificationId = NewType("NotificationId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One limit of one credential: at most `limit` in any span of `per`, or per calendar day of UTC."""

    limit: int
    per: timedelta
    calendar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LookClaim:
    """A shipment this worker alone may ask about until its lease ends."""

    shipment_id: ShipmentId
    order_id: OrderId
    tracking_number: str
    fence: int
    answer_sha256: str | None  # of the last answer
    outcome: LookOutcome | None  # of the last look
    view: LookView  # as stored, with `quota_left` after this claim: enough to plan the next look without a second query


@dataclass(frozen=True, slots=True, kw_only=True)
class LookClaims:
    """One claimed batch; empty with a `wait` when the gate is closed or the quota is spent."""

    claims: tuple[LookClaim, ...]
    wait: timedelta | None = None
    quota_left: float = 1.0  # of the calls the day should have left at this hour, the share it has after this claim
    troubled: bool = False  # the gate was closed until now, or failures are counted: a good answer must open it


class Unit(Protocol):
    """One write transaction; commits when its block ends, rolls back when it raises."""

    def dossier(self, shipment_id: ShipmentId) -> Dossier:
        """Load and lock one shipment's order. Raises KeyError when it is gone."""

    def dossiers(self, shipment_ids: Sequence[ShipmentId]) -> Mapping[ShipmentId, Dossier]:
        """As `dossier` for several at once, their orders locked in rising order; those that are gone are left out."""

    def audience(self, order: Order) -> Audience:
        """Load who may have to be told about an order that this unit has locked."""

    def order_dossier(self, order_id: OrderId) -> tuple[Order, tuple[ToldBefore, ...], frozenset[tuple[Channel, str]]]:
        """Load and lock an order without one shipment's events (shop facts changed)."""

    def record_looks(self, looks: Sequence[LookRecord]) -> int:
        """Write looks and release their leases; a look whose fence is old is skipped. Returns how many were written."""

    def look_sooner(self, shipment_ids: Sequence[ShipmentId], *, at: datetime) -> None:
        """Ask these no later than `at`, where we ask at all; one that somebody is asking right now is left alone."""

    def add_events(
        self,
        shipment_id: ShipmentId,
        events: Iterable[TrackingEvent],
        *,
        seen_at: datetime,
        not_seen_at: datetime | None,
    ) -> None:
        """Append events; for a known fingerprint the new, surer telling replaces the scan, not when we saw it."""

    def save_shipment(self, shipment: Shipment) -> None:
        """Write standing, windows and judgement (not watch) where `version` is one less. Raises Raced otherwise."""

    def save_state(self, order_id: OrderId, state: OrderState) -> None:
        """Write the roll-up and raise the order's version, the page's cache key."""

    def add_transition(self, transition: Transition) -> None:
        """Append one; (shipment, seq) is unique."""

    def queue(self, notifications: Sequence[Notification], *, machine_now: datetime) -> list[NotificationId]:
        """Insert new rows by dedupe key, supersede pending ones that give way; the ids now pending."""

    def pull_back(self, order_id: OrderId, *, why: WhyNot, notices: frozenset[Notice] | None = None) -> int:
        """End the pending notifications of an order (cancelled, taken back); returns how many."""


class OrderUnit(Unit, Protocol):
    """What `pipeline/register.py` needs beside: orders, shipments and recipients as the shop states them."""

    def order_id(self, brand: str, number: str) -> OrderId | None:
        """Find by the shop's own number."""

    def body_sha256(self, order_id: OrderId) -> str:
        """Hash of the body that last changed the order: the same body again changes nothing."""

    def new_id(self) -> str:
        """A fresh UUIDv7; ids are made in the store and handed in."""

    def add_order(self, order: Order, *, body_sha256: str) -> None:
        """Insert with recipients, consents and shipments."""

    def save_order(self, order: Order, *, body_sha256: str) -> None:
        """Write what the shop states and the roll-up; recipients are replaced by address, consents appended."""

    def add_change(self, order_id: OrderId, *, at: datetime, source: str, what: dict[str, object]) -> None:
        """Record what a request changed; values of personal fields are left out."""

    def add_shipment(self, shipment: Shipment) -> None:
        """Insert; its first look is due at once unless `watch.next_look_at` says otherwise."""

    def supersede(self, old: ShipmentId, new: ShipmentId, *, at: datetime) -> None:
        """The old journey is kept but no longer asked, counted or told."""

    def remove_shipment(self, shipment_id: ShipmentId, *, at: datetime) -> None:
        """As superseded, without a successor."""

    def remembered(self, brand: str, key: str) -> tuple[str, int, dict[str, object]] | None:
        """(body hash, status, answer) of an earlier request with this Idempotency-Key."""

    def remember(
        self, brand: str, key: str, *, body_sha256: str, status: int, answer: dict[str, object], machine_now: datetime
    ) -> None:
        """Keep an answer for 24 h of machine time."""


class Raced(Exception):
    """Another transaction changed this row first: load again and redo."""


class StoreAway(Exception):
    """The database cannot be reached, is locked for too long or cannot write: nothing was done, try again later."""


class StartRefusal(StrEnum):
    """Why an attempt may not start now although the row is pending; it stays pending or ends by WhyNot."""

    LOST = "lost"  # another worker owns it
    PAUSED = "paused"
    GATE_CLOSED = "gate_closed"
    HELD = "held"  # restored from backup, or the volume fuse has blown
    QUIET = "quiet"  # no text may arrive at this hour
    MOVED = "moved"  # its reader has another address by now: rendered anew, due at once
    SIBLING = "sibling"  # another message to the same person about the same order is on its way


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchClaim:
    """A notification this worker alone may hand over until its lease ends."""

    id: NotificationId
    fence: int
    brand: str
    order_id: OrderId
    notice: Notice
    channel: Channel
    recipient: Recipient
    destination_zone: str
    country: str  # of the destination
    told: Told
    planned_at: datetime
    expires_at: datetime
    attempts: int
    message: Message | None  # frozen by an earlier claim
    page_token_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The personal links of one notification, without their host."""

    page_path: str
    unsubscribe_path: str
    is_first: bool  # nothing was sent to this person on this channel before


class Outbox(Protocol):
    """The notifications table as `pipeline/dispatch.py` sees it; every method is one transaction."""

    def claim(
        self,
        *,
        limit: int,
        now: datetime,
        machine_now: datetime,
        lease: timedelta,
        owner: str,
        only: NotificationId | None,
    ) -> list[DispatchClaim]:
        """T1: pending and due -> leased, fence + 1."""

    def freeze(self, claim: DispatchClaim, message: Message) -> bool:
        """Keep the rendered bytes for all attempts; false when the lease was lost."""

    def start(
        self,
        claim: DispatchClaim,
        *,
        provider: str,
        body_sha256: str,
        now: datetime,
        machine_now: datetime,
        again_machine_at: datetime,
        sibling_machine_at: datetime,
        hourly_cap: int,
        quiet_until: datetime | None,
    ) -> int | StartRefusal | WhyNot:
        """T2: all gates, then the attempt row and `sending`, committed before the socket opens; its number, or why not.
        Refused until `again_machine_at`, for a SIBLING `sibling_machine_at`; past `hourly_cap` all is HELD.
        With `quiet_until` it waits until then, or expires if it would be too late."""

    def finish(
        self,
        claim: DispatchClaim,
        n: int,
        handover: Handover,
        *,
        machine_now: datetime,
        retry_machine_at: datetime | None,
    ) -> bool:
        """T3: the result; false when the row had moved on (the attempt row keeps it)."""

    def end(self, claim: DispatchClaim, *, state: str, why: WhyNot, machine_now: datetime, detail: str = "") -> bool:
        """End a leased row that will not be tried (render failed, sending off, not allow-listed)."""

    def release(self, claim: DispatchClaim, *, retry_machine_at: datetime | None) -> bool:
        """Give a leased row back untouched."""

    def links(self, claim: DispatchClaim, *, now: datetime) -> Links:
        """The page and unsubscribe links of this notification; makes its token row once."""


class Store(Protocol):
    """Where truth is kept."""

    @property
    def outbox(self) -> Outbox: ...

    def write(self) -> AbstractContextManager[OrderUnit]:
        """A write transaction: BEGIN IMMEDIATE on SQLite."""

    def claim_looks(
        self,
        carrier: str,
        credential: str,
        *,
        limit: int,
        now: datetime,
        machine_now: datetime,
        lease: timedelta,
        owner: str,
        quotas: Sequence[Quota],
        calls_of: int,
    ) -> LookClaims:
        """One transaction: gate, due shipments, lease, fence, quota of their calls (`calls_of` numbers each).

        A closed gate whose time has come lets one call through as a probe, and stays closed to others for a lease.
        """

    def release_looks(self, claims: Sequence[LookClaim]) -> None:
        """Give claims back unasked, due as before. Their calls stay spent: one may have left before we knew."""

    def due_reviews(self, *, now: datetime, limit: int) -> list[ShipmentId]:
        """Shipments whose `review_at` has come, oldest first."""

    def spend(self, credential: str, quotas: Sequence[Quota], *, machine_now: datetime) -> timedelta | None:
        """Reserve one call more; None when reserved, else how long until one may be free."""

    def close_gate(self, name: str, *, reason: str, until_machine_at: datetime | None, machine_now: datetime) -> None:
        """Nobody asks behind this gate until then, when one probe may; None: until a person opens it."""

    def go_blind(self, carrier: str, *, outcome: LookOutcome, now: datetime) -> None:
        """What is due at this carrier cannot be asked: failing from now on, and judged anew."""

    def count_failure(self, name: str, *, machine_now: datetime) -> int:
        """One more failure in a row behind this gate; how many there are now. Opening the gate forgets them."""

    def open_gate(self, name: str, *, machine_now: datetime) -> None:
        """The peer works again: open, no failures."""
