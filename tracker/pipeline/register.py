"""How what a shop states becomes an order we follow: once per number, every later change recorded and applied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from tracker.domain.intake import NewOrder, NewShipment
from tracker.domain.notices import ToldBefore, WhyNot
from tracker.domain.orders import Order, OrderStage, ShopFacts, roll_up
from tracker.domain.people import Suppressed
from tracker.domain.shipments import OrderId, ShipmentId
from tracker.domain.telling import decide
from tracker.pipeline import naming, parcels, statements
from tracker.pipeline.conclude import Rules
from tracker.pipeline.naming import Askable
from tracker.pipeline.parcels import Start
from tracker.pipeline.ports import NotificationId, OrderUnit
from tracker.pipeline.statements import Changes

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)  # a file's wrong zone must not make yesterday's word tomorrow's news


class Result(StrEnum):
    """What a statement did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which rules and at what time a statement is taken in."""

    rules: Rules
    askable: Askable
    now: datetime
    machine_now: datetime
    source: str  # api, import, console
    silent: bool = False  # tell nobody about what happened before now
    adds_only: bool = False  # a list of parcels that names fewer takes none back

    @property
    def start(self) -> Start:
        return Start(rules=self.rules, now=self.now, silent=self.silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The order as it stands now, and what had to be done for it."""

    order: Order
    result: Result
    changed: tuple[str, ...] = ()  # names of the fields
    warnings: tuple[str, ...] = ()
    queued: tuple[NotificationId, ...] = ()  # pending
    due: tuple[NotificationId, ...] = ()  # of these, the ones to ring for now


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """An order as stored, locked, and what was told about it."""

    order: Order
    told: Sequence[ToldBefore]
    suppressed: Suppressed


def register(unit: OrderUnit, new: NewOrder, *, brand: str, terms: Terms) -> Registered:
    """Take in a whole order. The same statement again changes nothing. Raises Unusable, Undecided."""
    order_id = unit.order_id(brand, new.number)
    said = fingerprint(new)
    if order_id is None:
        return _create(unit, new, brand=brand, terms=terms, said=said)
    if unit.body_sha256(order_id) == said:
        order = _known(unit, order_id).order
        return Registered(order=order, result=Result.UNCHANGED, warnings=_warnings(order, terms))
    return _apply(unit, _known(unit, order_id), new, terms=terms, said=said)


def change(unit: OrderUnit, order_id: OrderId, new: NewOrder, *, terms: Terms) -> Registered:
    """Take in a change. The hash of the whole order's body stays, so that a retry of that body undoes nothing.
    Raises Unusable, Undecided, KeyError."""
    return _apply(unit, _known(unit, order_id), new, terms=terms, said=unit.body_sha256(order_id))


def cancel(unit: OrderUnit, order_id: OrderId, *, terms: Terms) -> Registered:
    """The shop calls the order off; twice is once. Raises KeyError."""
    known = _known(unit, order_id)
    at = known.order.facts.cancelled_at or terms.now
    new = NewOrder(number=known.order.number, stated=frozenset({"cancelled_at"}), cancelled_at=at)
    return _apply(unit, known, new, terms=terms, said=unit.body_sha256(order_id))


def add_shipment(unit: OrderUnit, order_id: OrderId, stated: NewShipment, *, terms: Terms) -> Registered:
    """One parcel more, or in place of the one it `replaces`. Raises Unusable, Undecided, KeyError."""
    known = _known(unit, order_id)
    new = NewOrder(number=known.order.number, stated=frozenset({"shipments"}), shipments=(stated,))
    adding = replace(terms, adds_only=True)
    return _apply(unit, known, new, terms=adding, said=unit.body_sha256(order_id))


def remove_shipment(unit: OrderUnit, order_id: OrderId, shipment_id: ShipmentId, *, terms: Terms) -> Registered:
    """One parcel less; its journey is kept but no longer asked, counted or told. Raises KeyError."""
    known = _known(unit, order_id)
    gone = next((each for each in known.order.shipments if each.id == shipment_id), None)
    if gone is None:
        raise KeyError(shipment_id)
    unit.remove_shipment(shipment_id, at=terms.now)
    left = tuple(each for each in known.order.shipments if each.id != shipment_id)
    changes: Changes = {"shipments": {"removed": [gone.tracking_number]}}
    said = unit.body_sha256(order_id)
    return _finish(unit, known, replace(known.order, shipments=left), changes, terms=terms, said=said)


def fingerprint(new: NewOrder) -> str:
    """The same for the same statement, whenever it is read."""
    promised = new.promised and replace(new.promised, told_at=NEVER)
    plain = replace(new, stated=frozenset(), promised=promised)
    return sha256(f"{sorted(new.stated)}{plain!r}".encode()).hexdigest()


def _known(unit: OrderUnit, order_id: OrderId) -> _Known:
    order, told, suppressed = unit.order_dossier(order_id)
    return _Known(order=order, told=told, suppressed=suppressed)


def _create(unit: OrderUnit, new: NewOrder, *, brand: str, terms: Terms, said: str) -> Registered:
    facts = ShopFacts(
        placed_at=new.placed_at or terms.now,
        confirmed_at=new.confirmed_at,
        packed_at=new.packed_at,
        cancelled_at=new.cancelled_at,
    )
    bare = Order(
        id=OrderId(unit.new_id()),
        brand=brand,
        number=new.number,
        facts=facts,
        destination=new.destination,
        destination_zone=statements.zone_at(new, terms.rules.brands[brand].time_zone),
        items=new.items,
        promised=new.promised,
        created_at=terms.now,
    )
    people = tuple(statements.person(unit, each, facts) for each in new.recipients)
    journeys = tuple(parcels.begin(unit, bare, each, start=terms.start) for each in parcels.named(new.shipments))
    order = _rolled_up(replace(bare, recipients=people, shipments=journeys))
    unit.add_order(order, body_sha256=said)
    unsaid = replace(order, facts=ShopFacts(placed_at=facts.placed_at))
    asks = order.recipients and not terms.silent  # nobody is told anyway: a file has thousands of orders
    suppressed = _known(unit, order.id).suppressed if asks else frozenset()
    known = _Known(order=unsaid, told=(), suppressed=suppressed)
    queued, due = _tell(unit, known, order, terms=terms)
    warnings = _warnings(order, terms)
    return Registered(order=order, result=Result.CREATED, warnings=warnings, queued=queued, due=due)


def _apply(unit: OrderUnit, known: _Known, new: NewOrder, *, terms: Terms, said: str) -> Registered:
    changes: Changes = {}
    shops_zone = terms.rules.brands[known.order.brand].time_zone
    after = statements.with_facts(known.order, new, changes)
    after = statements.with_people(unit, after, new, changes)
    after = statements.with_place(after, new, changes, shops_zone=shops_zone)
    if "shipments" in new.stated:
        adds_only = terms.adds_only
        journeys, moves = parcels.restate(unit, after, new.shipments, start=terms.start, adds_only=adds_only)
        after = replace(after, shipments=journeys)
        if moves:
            changes["shipments"] = moves
    return _finish(unit, known, after, changes, terms=terms, said=said)


def _finish(unit: OrderUnit, known: _Known, after: Order, changes: Changes, *, terms: Terms, said: str) -> Registered:
    """Write the order when something changed, and tell what the shop's new facts are worth."""
    after = _rolled_up(after)
    warnings = _warnings(after, terms)
    if not changes:
        return Registered(order=known.order, result=Result.UNCHANGED, warnings=warnings)
    unit.save_order(after, body_sha256=said)
    unit.add_change(after.id, at=terms.now, source=terms.source, what=changes)
    queued, due = _tell_or_pull_back(unit, known, after, terms=terms)
    return Registered(
        order=_known(unit, after.id).order,
        result=Result.CHANGED,
        changed=tuple(changes),
        warnings=warnings,
        queued=queued,
        due=due,
    )


Ids = tuple[NotificationId, ...]


def _tell_or_pull_back(unit: OrderUnit, known: _Known, after: Order, *, terms: Terms) -> tuple[Ids, Ids]:
    if after.state.stage is OrderStage.CANCELLED:
        unit.pull_back(after.id, why=WhyNot.ORDER_CANCELLED)
        return (), ()
    return _tell(unit, known, after, terms=terms)


def _tell(unit: OrderUnit, known: _Known, after: Order, *, terms: Terms) -> tuple[Ids, Ids]:
    """Pending notifications, and those of them that may leave at once."""
    rules = terms.rules
    decided = decide(
        before=known.order,
        after=after,
        transitions=(),
        events={},
        already=known.told,
        brand=rules.brands[after.brand],
        policy=rules.telling,
        channels=rules.channels,
        suppressed=known.suppressed,
        now=terms.now,
        history_before=END_OF_TIME if terms.silent else None,
        zones_of=rules.zones_of,
    )
    at_once = [each for each in decided if each.not_before_at <= terms.now]
    later = [each for each in decided if each.not_before_at > terms.now]
    due = tuple(unit.queue(at_once, machine_now=terms.machine_now)) if at_once else ()
    waiting = tuple(unit.queue(later, machine_now=terms.machine_now)) if later else ()
    return due + waiting, due


def _rolled_up(order: Order) -> Order:
    return replace(order, state=roll_up(order.facts, order.shipments))


def _warnings(order: Order, terms: Terms) -> tuple[str, ...]:
    carriers = dict.fromkeys(each.carrier for each in order.shipments)
    said = [each for carrier in carriers if (each := naming.warning(carrier, terms.askable))]
    if order.facts.cancelled_at and order.state.stage is not OrderStage.CANCELLED:
        said.append("A parcel is with the carrier already: the order stays open until it has arrived or come back.")
    return tuple(said)
