"""How answers become rows: looks with nothing new in one statement, news with its order locked, each look once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from carriers.contract import CarrierBusy, CarrierError, Reading, Unreadable
from carriers.events import Tracked
from tracker.domain.cadence import LookView, asked_beside, next_look
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.domain.urgency import urgency
from tracker.pipeline.conclude import conclude
from tracker.pipeline.dossier import Dossier
from tracker.pipeline.faults import FaultPoint
from tracker.pipeline.ingest import ingest
from tracker.pipeline.look_record import LookRecord
from tracker.pipeline.looking import Answered, Looking, where
from tracker.pipeline.ports import NotificationId, Raced, StoreAway, Unit
from tracker.pipeline.watching import ANSWERED, seen_after, watched, with_news

# Orders in one transaction: one sync of the disk for several. SQLite's other writers wait for it: 10 ms for ten scans,
# 30 ms when each of them changes a state. At a real carrier's pace two or three answers come in together.
AT_ONCE = 10
DETAIL = 200  # characters of an error that a look's row keeps
TRIES = 3  # of one order that somebody else keeps changing


@dataclass(slots=True, kw_only=True)
class Written:
    """What was written down."""

    outcomes: Counter[LookOutcome] = field(default_factory=Counter)
    due: list[NotificationId] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One look to record and the notifications it made due."""

    record: LookRecord
    due: tuple[NotificationId, ...] = ()


def write(answers: Sequence[Answered], looking: Looking) -> Written:
    """Write every answer down and ring for what may be sent now. Raises StoreAway: nothing or some was written."""
    written = Written()
    # One order of locking for everybody: orders ascending, and rows without their order's lock in a unit of their own.
    in_order = sorted(answers, key=lambda each: (each.claim.order_id, each.claim.shipment_id))
    quiet = [each for each in in_order if not _concerns_order(each)]
    if quiet:
        _write_quiet(quiet, looking, written)
    loud = [each for each in in_order if _concerns_order(each)]
    for i in range(0, len(loud), AT_ONCE):
        _write_loud(loud[i : i + AT_ONCE], looking, written)
    _ring(written.due, looking)
    return written


def _concerns_order(answered: Answered) -> bool:
    """Whether more than our own asking can change: events to read, or the judge's "we cannot ask" begins or ends."""
    outcome, claim = answered.outcome, answered.claim
    if outcome is None:
        return True
    was_failing = claim.view.failures > 0
    was_unknown = claim.outcome is LookOutcome.NOT_KNOWN_YET
    return (outcome not in ANSWERED) != was_failing or (outcome is LookOutcome.NOT_KNOWN_YET) != was_unknown


def _write_quiet(answers: Sequence[Answered], looking: Looking, written: Written) -> None:
    records = []
    for answered in answers:
        outcome = answered.outcome
        if outcome is not None:
            view = seen_after(answered.claim.view, outcome, at=answered.at)
            records.append(_record(answered, outcome, view, looking))
    _record_quiet(records, looking)
    written.outcomes.update(record.outcome for record in records)


def _record_quiet(records: Sequence[LookRecord], looking: Looking, *, tries: int = TRIES) -> None:
    try:
        with looking.store.write() as unit:
            unit.record_looks(records)
    except Raced:
        if tries == 1:
            raise
        _record_quiet(records, looking, tries=tries - 1)


def _write_loud(answers: Sequence[Answered], looking: Looking, written: Written) -> None:
    """Several orders in one transaction; when one of them fails, each alone."""
    try:
        entries = _in_one_unit(answers, looking)
    except StoreAway:
        raise
    except Exception:
        for answered in answers:
            _write_alone(answered, looking, written)
        return
    _note(entries, written)


def _write_alone(answered: Answered, looking: Looking, written: Written, *, tries: int = TRIES) -> None:
    try:
        entries = _in_one_unit([answered], looking)
    except Raced:
        if tries > 1:
            _write_alone(answered, looking, written, tries=tries - 1)
        else:  # its order is busy, or the lease is another's by now, which this leaves alone
            looking.store.release_looks([answered.claim])
        return
    except StoreAway:
        raise
    except Exception as error:  # a defect of ours: the raw answer is kept, the other parcels go on
        written.defects.append(f"shipment {answered.claim.shipment_id}: {where(error)}")
        failed = Unreadable(f"our reading failed: {type(error).__name__}", http_status=answered.http_status)
        _write_quiet([replace(answered, reading=failed)], looking, written)
        return
    _note(entries, written)


def _in_one_unit(answers: Sequence[Answered], looking: Looking) -> list[_Entry]:
    """All or nothing. Raises Raced when a lease was lost meanwhile: its look is another's, and so are its events."""
    with looking.store.write() as unit:
        dossiers = _dossiers(unit, answers)
        entries = [entry for answered, dossier in dossiers if (entry := _write_one(unit, dossier, answered, looking))]
        if unit.record_looks([entry.record for entry in entries]) < len(entries):
            raise Raced("a lease ended before its look was written down")
        looking.hit(FaultPoint.BEFORE_COMMIT_PLAN)
    looking.hit(FaultPoint.AFTER_COMMIT_PLAN)
    return entries


def _dossiers(unit: Unit, answers: Sequence[Answered]) -> Iterator[tuple[Answered, Dossier]]:
    """Each answer with its dossier; nothing where the shipment is gone.

    Loaded together, but a second parcel of one order only when the first has been written: it must see what changed.
    """
    first = {each.claim.order_id: each.claim.shipment_id for each in reversed(answers)}
    loaded = unit.dossiers(list(first.values()))
    for each in answers:
        shipment_id = each.claim.shipment_id
        known = loaded if first[each.claim.order_id] == shipment_id else unit.dossiers([shipment_id])
        if shipment_id in known:
            yield each, known[shipment_id]


def _write_one(unit: Unit, dossier: Dossier, answered: Answered, looking: Looking) -> _Entry | None:
    """None when the journey ended while we asked: the lease ends by itself."""
    if dossier.shipment.superseded_by or dossier.shipment.removed_at:
        return None
    known, reading = answered.outcome, answered.reading
    if known is None and not isinstance(reading, CarrierError):
        return _write_news(unit, dossier, answered, reading, looking)
    return _write_known(unit, dossier, answered, known or LookOutcome.UNREADABLE, looking)


def _write_news(
    unit: Unit, dossier: Dossier, answered: Answered, parcels: Sequence[Tracked], looking: Looking
) -> _Entry:
    """The events decide whether it was news."""
    told = ingest(
        unit,
        dossier,
        parcels,
        seen_at=answered.at,
        machine_now=looking.machine_now(),
        rules=looking.rules,
        hit=looking.hit,
    )
    _ask_siblings(unit, dossier, told.shipment, answered)
    view = with_news(seen_after(answered.claim.view, told.outcome, at=answered.at), told.shipment)
    return _Entry(record=_record(answered, told.outcome, view, looking, new_events=told.new_events), due=told.due)


def _ask_siblings(unit: Unit, dossier: Dossier, moved: Shipment, answered: Answered) -> None:
    """An order's parcels travel together: where one has moved, the others are asked within the same turn."""
    siblings = dossier.order.shipments
    if len(siblings) < 2:
        return
    quota_left = answered.claim.view.quota_left
    sooner = asked_beside(dossier.shipment, moved, siblings, now=answered.at, quota_left=quota_left)
    if sooner:
        unit.look_sooner(sooner, at=answered.at)


def _write_known(unit: Unit, dossier: Dossier, answered: Answered, outcome: LookOutcome, looking: Looking) -> _Entry:
    """No events: what changes is whether we can ask, which the judge has to know."""
    shipment = dossier.shipment
    concluded = conclude(
        unit,
        dossier,
        replace(shipment, watch=watched(shipment.watch, outcome, at=answered.at)),
        events=dossier.events,
        now=answered.at,
        machine_now=looking.machine_now(),
        rules=looking.rules,
        hit=looking.hit,
    )
    view = seen_after(answered.claim.view, outcome, at=answered.at)
    return _Entry(record=_record(answered, outcome, view, looking), due=concluded.due)


def _record(
    answered: Answered, outcome: LookOutcome, view: LookView, looking: Looking, *, new_events: int = 0
) -> LookRecord:
    claim, reading = answered.claim, answered.reading
    error = reading if isinstance(reading, CarrierError) else None
    next_look_at = _next(view, outcome, answered.at, looking)
    return LookRecord(
        shipment_id=claim.shipment_id,
        fence=claim.fence,
        at=answered.at,
        started_machine_at=answered.started_machine_at,
        took=answered.took,
        outcome=outcome,
        next_look_at=next_look_at,
        urgency=urgency(view, next_look_at or answered.at, looking.rules.ladder),
        http_status=answered.http_status,
        wait=error.wait if isinstance(error, CarrierBusy) else None,
        new_events=new_events,
        detail=str(error)[:DETAIL] if error else _left_out(reading),
        answer=answered.body if answered.body and not answered.is_known else None,
        answer_sha256=answered.sha256,
        said_sha256=answered.said_sha256,
    )


def _left_out(reading: Reading) -> str:
    unread = 0 if isinstance(reading, CarrierError) else sum(parcel.unread for parcel in reading)
    return f"{unread} scans could not be read" if unread else ""


def _next(view: LookView, outcome: LookOutcome, at: datetime, looking: Looking) -> datetime | None:
    """Busy and refused say nothing about this parcel: it stays due, and the gate says when."""
    if outcome in (LookOutcome.BUSY, LookOutcome.REFUSED):
        return at
    return next_look(view, at, looking.rules.ladder)


def _note(entries: Sequence[_Entry], written: Written) -> None:
    for entry in entries:
        written.outcomes[entry.record.outcome] += 1
        written.due.extend(entry.due)


def _ring(due: Sequence[NotificationId], looking: Looking) -> None:
    """After the commit: a worker that is faster than us must find the rows."""
    for notification_id in due:
        looking.hit(FaultPoint.AFTER_COMMIT_BEFORE_RING)
        looking.doorbell.ring("dispatch", notification_id)
