"""How Wismo is doing, in numbers: counts and ages for /metrics and `wismo doctor`, at a cost that does not grow.

What grows for ever is counted over the last seven days of machine time, by index.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, func, select

from notifiers.message import Verdict
from tracker.domain.notices import NotificationState
from tracker.domain.urgency import Urgency
from tracker.store import answers, facts, gates, heartbeats
from tracker.store.claims import HOLD
from tracker.store.gates import Gate
from tracker.store.heartbeats import Heartbeat
from tracker.store.outbox_tables import notifications, pauses, send_attempts
from tracker.store.tables import events, looks, shipments
from tracker.store.unit import Snapshot

LATELY = timedelta(days=7)
HOUR = timedelta(hours=1)
MOST_CODES = 50  # a label for each: more would flood whoever keeps the figures

_n, _s, _a = notifications.c, shipments.c, send_attempts.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All counts and ages of one moment; an age is zero when nothing waits."""

    notifications: Mapping[tuple[str, str, str], int]  # (state, channel, why not), planned lately
    looks: Mapping[str, int]  # by outcome, within the hour of shop time
    stuck: Mapping[tuple[str, int], int]  # (reason, severity)
    unknown_codes: Mapping[tuple[str, str], int]  # (carrier, code): scans lately seen whose code we do not know
    refusals: Mapping[tuple[str, str], int]  # (provider, code): attempts lately that brought nothing
    guessed_answers: int  # texts of shoppers lately obeyed on a guess
    message_waits: timedelta  # the longest overdue
    look_waits: timedelta
    review_waits: timedelta
    pauses: int
    on_hold: bool
    gates: tuple[Gate, ...]
    heartbeats: tuple[Heartbeat, ...]


def figures(snapshot: Snapshot, *, now: datetime, machine_now: datetime) -> Figures:
    """Count everything, in one snapshot."""
    since = machine_now - LATELY
    return Figures(
        notifications=_notifications(snapshot, since),
        looks=_looks(snapshot, now),
        stuck=_stuck(snapshot),
        unknown_codes=unknown_codes(snapshot, machine_now=machine_now),
        refusals=refusals(snapshot, machine_now=machine_now),
        guessed_answers=answers.how_many_guessed(snapshot, machine_now=machine_now),
        message_waits=_oldest(
            snapshot,
            notifications,
            _n.not_before_at,
            now,
            (_n.state == NotificationState.PENDING) & _n.final_machine_at.is_(None),
        ),
        look_waits=_look_waits(snapshot, now),
        review_waits=_oldest(snapshot, shipments, _s.review_at, now, _s.review_at.is_not(None)),
        on_hold=facts.get(snapshot.connection, HOLD) is not None,
        pauses=snapshot.connection.execute(select(func.count()).select_from(pauses)).scalar_one(),
        gates=gates.every(snapshot.connection),
        heartbeats=heartbeats.every(snapshot.connection),
    )


def _notifications(snapshot: Snapshot, since: datetime) -> dict[tuple[str, str, str], int]:
    columns = (_n.state, _n.channel, _n.why_not)
    rows = snapshot.connection.execute(
        select(*columns, func.count()).where(_n.planned_machine_at >= since).group_by(*columns)
    )
    return {(state, channel, why_not or ""): count for state, channel, why_not, count in rows}


def _looks(snapshot: Snapshot, now: datetime) -> dict[str, int]:
    query = select(looks.c.outcome, func.count().label("n")).where(looks.c.at > now - HOUR).group_by(looks.c.outcome)
    return {row.outcome: row.n for row in snapshot.connection.execute(query)}


def _stuck(snapshot: Snapshot) -> dict[tuple[str, int], int]:
    query = select(_s.stuck, _s.severity, func.count()).where(_s.stuck.is_not(None)).group_by(_s.stuck, _s.severity)
    return {(reason, severity): count for reason, severity, count in snapshot.connection.execute(query)}


def unknown_codes(snapshot: Snapshot, *, machine_now: datetime) -> dict[tuple[str, str], int]:
    """Scans lately seen whose code no table has, by carrier and code, the most frequent first: tomorrow's rows."""
    query = (
        select(_s.carrier, events.c.code, func.count().label("n"))
        .join(events, events.c.shipment_id == _s.id)
        .where(events.c.id >= _first_id(machine_now), events.c.known.is_(False))
        .group_by(_s.carrier, events.c.code)
        .order_by(func.count().desc(), events.c.code)
        .limit(MOST_CODES)
    )
    return {(row.carrier, row.code): row.n for row in snapshot.connection.execute(query)}


def refusals(snapshot: Snapshot, *, machine_now: datetime) -> dict[tuple[str, str], int]:
    """Attempts that lately brought nothing, by provider and its last code, the most frequent first."""
    code = func.coalesce(func.nullif(_a.receipt_code, ""), _a.code, "").label("said")
    query = (
        select(_a.provider, code, func.count().label("n"))
        .where(_a.id >= _first_id(machine_now), _a.verdict != Verdict.ACCEPTED)
        .group_by(_a.provider, code)
        .order_by(func.count().desc(), code)
        .limit(MOST_CODES)
    )
    return {(row.provider, row.said): row.n for row in snapshot.connection.execute(query)}


def _first_id(machine_now: datetime) -> str:
    """Ids rise with machine time, so the primary key finds what is new."""
    return f"{int((machine_now - LATELY).timestamp() * 1000):012x}"


def _look_waits(snapshot: Snapshot, now: datetime) -> timedelta:
    """Carrier by carrier, as the index of due shipments is ordered: the oldest of all would be a scan of it."""
    longest, carrier = timedelta(0), ""
    following = select(func.min(_s.carrier)).where(_s.next_look_at.is_not(None))
    while carrier := snapshot.connection.execute(following.where(_s.carrier > carrier)).scalar() or "":
        for urgency in Urgency:
            asked = (_s.carrier == carrier) & (_s.urgency == urgency) & _s.next_look_at.is_not(None)
            longest = max(longest, _oldest(snapshot, shipments, _s.next_look_at, now, asked))
    return longest


def _oldest(
    snapshot: Snapshot, table: Table, column: ColumnElement[datetime], now: datetime, waiting: ColumnElement[bool]
) -> timedelta:
    """How long the longest overdue has waited."""
    query = select(column).select_from(table).where(waiting, column <= now).order_by(column).limit(1)
    due_at = snapshot.connection.execute(query).scalar()
    return now - due_at if due_at else timedelta(0)
