"""What must be true when the dust has settled: the rows and two independent witnesses tell the same story."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from carriers.events import TrackingEvent
from notifiers.message import Channel, Verdict
from notifiers.sandbox.ledger import Ledger, Mail
from notifiers.sandbox.texts import Text
from tests.faults import texting
from tests.faults.rows import MAY_HAVE_LEFT, Row, rows_of
from tracker.domain.histories import in_order
from tracker.domain.notices import OPEN_STATES, NotificationState
from tracker.domain.shipments import ShipmentId, replay
from tracker.store import shipments as shipment_rows
from tracker.store.tables import looks, shipments
from tracker.store.unit import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of everything."""

    accepted: int  # rows
    mails: int
    texts: int
    repeats: int  # copies of a mail that were accepted once more
    lost: int  # attempts whose answer was lost, and stayed so
    torn: int  # of these, such as no slow machine explains: somebody hung up, or answered nonsense
    states: dict[str, int]

    def since(self, before: "Tally") -> "Change":
        """What was added."""
        return Change(
            accepted=self.accepted - before.accepted,
            repeats=self.repeats - before.repeats,
            lost=self.lost - before.lost,
            torn=self.torn - before.torn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one trouble added to the books."""

    accepted: int
    repeats: int
    lost: int
    torn: int


def assert_invariants(
    store: SqlStore,
    ledger: Ledger,
    *,
    texts: Sequence[Text] = (),
    is_warped: bool = False,
    call: timedelta = timedelta.max,
) -> Tally:
    """Raises AssertionError with every broken promise. `is_warped`: shop time is not the machine's. `call`: how long
    one may last."""
    rows, mails = rows_of(store), ledger.mails()
    mailed = [row for row in rows if row.channel is Channel.EMAIL]
    copies = Counter(mail.message_id for mail in mails)
    with store.read() as snapshot:
        broken = [
            *_open(rows),
            *_strangers(mailed, mails),
            *_disagreements(mailed, mails),
            *_unexplained_repeats(mailed, mails),
            *texting.broken([row for row in rows if row.channel is Channel.SMS], texts),
            *_changed_bytes(ledger, mails),
            *_untold_attempts(rows),
            *_steps_back(rows),
            *(() if is_warped else _stale_attempts(rows)),
            *_doubled_looks(snapshot.connection),
            *_wrong_folds(snapshot.connection),
        ]
    assert not broken, "\n".join(["", *broken])
    return Tally(
        accepted=sum(row.state in texting.TAKEN for row in rows),
        mails=len(mails),
        texts=len(texts),
        repeats=len(mails) - len(copies),
        lost=sum(row.lost for row in rows),
        torn=sum(row.torn(call) for row in rows),
        states=dict(Counter(row.state.value for row in rows)),
    )


def _open(rows: Iterable[Row]) -> Iterable[str]:
    yield from (f"{row.id} is still {row.state}" for row in rows if row.state in OPEN_STATES)


def _strangers(rows: Iterable[Row], mails: Iterable[Mail]) -> Iterable[str]:
    """Each mail belongs to one row, and each row has one Message-ID."""
    known = {row.id for row in rows}
    ids: dict[str, str] = {}
    for mail in mails:
        if mail.ref not in known:
            yield f"mail {mail.id} belongs to no row: {mail.ref}"
        if ids.setdefault(mail.ref, mail.message_id) != mail.message_id:
            yield f"{mail.ref} was sent under two Message-IDs"
    yield from (f"{one} stands for several rows" for one, n in Counter(ids.values()).items() if n > 1)


def _disagreements(rows: Iterable[Row], mails: Iterable[Mail]) -> Iterable[str]:
    """Accepted in the rows is accepted in the ledger, and the other way round unless nobody will ever know."""
    arrived = {mail.ref for mail in mails}
    for row in rows:
        if row.state is NotificationState.ACCEPTED and row.id not in arrived:
            yield f"{row.id} is accepted, but no mail arrived"
        if row.id in arrived and row.state not in (NotificationState.ACCEPTED, NotificationState.UNKNOWN_FINAL):
            yield f"{row.id} is {row.state}, but its mail arrived"


def _unexplained_repeats(rows: Iterable[Row], mails: Iterable[Mail]) -> Iterable[str]:
    """A mail comes again only after an answer was lost, and every copy has its attempt."""
    arrived = Counter(mail.ref for mail in mails)
    for row in rows:
        copies = arrived[row.id]
        if copies > 1 + row.lost:
            yield f"{row.id} arrived {copies} times, but only {row.lost} answers were lost"
        may_have_left = sum(each.verdict in {*MAY_HAVE_LEFT, Verdict.ACCEPTED.value} for each in row.attempts)
        if copies > may_have_left:
            yield f"{row.id} arrived {copies} times in {may_have_left} attempts that may have left"
        if row.accepted > 1 + row.lost:
            yield f"{row.id} was accepted {row.accepted} times after {row.lost} lost answers"


def _changed_bytes(ledger: Ledger, mails: Iterable[Mail]) -> Iterable[str]:
    """A repeat is the same mail, so that a mailbox can drop it."""
    first: dict[str, Mail] = {}
    for mail in mails:
        before = first.setdefault(mail.message_id, mail)
        if before is not mail and ledger.raw(before) != ledger.raw(mail):
            yield f"{mail.message_id} came again with other bytes"


def _untold_attempts(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        if row.counted != len(row.attempts) or [each.n for each in row.attempts] != [*range(1, row.counted + 1)]:
            yield f"{row.id} counts {row.counted} attempts and has {[each.n for each in row.attempts]}"
        if row.state in texting.WELL_TAKEN and not row.accepted:
            yield f"{row.id} is accepted by none of its attempts"


def _steps_back(rows: Iterable[Row]) -> Iterable[str]:
    """What was begun for one parcel on one channel never falls in rank, except to correct."""
    begun = sorted((row.attempts[0].started_machine_at, row.id, row) for row in rows if row.attempts)
    highest: dict[tuple[str, str | None, Channel], tuple[int, int]] = {}
    for _, _, row in begun:
        of = (row.order_id, row.shipment_id, row.channel)
        if not row.correction and row.place < highest.get(of, (0, 0)):
            yield f"{row.id} ({row.notice}) was begun after something further of the same parcel"
        highest[of] = row.place if row.correction else max(row.place, highest.get(of, (0, 0)))


def _stale_attempts(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        late = [each.n for each in row.attempts if each.started_machine_at > row.expires_at]
        if late:
            yield f"{row.id} expired before attempts {late} began"


def _doubled_looks(connection: Connection) -> Iterable[str]:
    """One lease, one recorded look; the shipment counts what is recorded."""
    recorded = select(func.count()).select_from(looks).where(looks.c.shipment_id == shipments.c.id).scalar_subquery()
    query = select(shipments.c.id, shipments.c.looks, shipments.c.fence, recorded.label("recorded"))
    for row in connection.execute(query):
        if row.recorded != row.looks:
            yield f"shipment {row.id} counts {row.looks} looks, {row.recorded} are recorded"
        if row.recorded > row.fence:
            yield f"shipment {row.id} has {row.recorded} looks from {row.fence} leases"


def _wrong_folds(connection: Connection) -> Iterable[str]:
    """The stored milestone is what the stored events add up to."""
    for row in connection.execute(select(shipments.c.id, shipments.c.milestone)):
        events: tuple[TrackingEvent, ...] = shipment_rows.read_events(connection, ShipmentId(row.id))
        folded = replay(in_order(events)).milestone
        if folded != row.milestone:
            yield f"shipment {row.id} stands at {row.milestone}, its events say {folded}"
