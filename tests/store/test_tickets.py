"""What shoppers write is kept once per matter, sealed, and found by whoever looks after it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from carriers.events import Milestone
from tests.store.builders import BOOT, NOON, a_scan, an_order, stored
from tracker.domain.orders import Order
from tracker.domain.tickets import Check, Report, Ticket, TicketKind, evidence
from tracker.store import people, tickets
from tracker.store.help_tables import tickets as table
from tracker.store.retention import Keep, retain
from tracker.store.tables import orders, shipments
from tracker.store.tickets import WantedTickets
from tracker.store.unit import SqlStore

HOUR = timedelta(hours=1)


def write(
    store: SqlStore,
    order: Order,
    kind: TicketKind = TicketKind.MISSING,
    *,
    parcel: int = 0,
    comment: str = "",
    hours: int = 0,
) -> str:
    report = Report(
        kind=kind,
        shipment_id=order.shipments[parcel].id,
        checks=frozenset({Check.DOOR, Check.NEIGHBOURS}),
        comment=comment,
    )
    seen = evidence(order.shipments[0], [a_scan(), a_scan(Milestone.DELIVERED, minute=9)], at=NOON)
    with store.begin() as connection:
        return tickets.put(connection, order.id, report, seen=seen, at=NOON + hours * HOUR, vault=store.vault)


def listed(store: SqlStore, **wanted: bool | str) -> list[Ticket]:
    with store.read() as snapshot:
        return list(tickets.find(snapshot, WantedTickets(**wanted)).rows)  # type: ignore[arg-type]


def shut(store: SqlStore, ticket_id: str, *, hours: int = 1, brand: str = "") -> bool:
    with store.begin() as connection:
        at = NOON + hours * HOUR
        return tickets.close(connection, ticket_id, who="ada", note="Sent again.", at=at, brand=brand)


def test_what_was_written_comes_back_with_what_the_carrier_had_said(store: SqlStore) -> None:
    order = stored(store, an_order())

    write(store, order, comment="The door has no porch.")

    (ticket,) = listed(store)
    assert (ticket.order_number, ticket.brand, ticket.kind) == (order.number, order.brand, TicketKind.MISSING)
    assert ticket.comment == "The door has no porch."
    assert ticket.checks == {Check.DOOR, Check.NEIGHBOURS}
    assert ticket.evidence is not None
    assert [each.milestone for each in ticket.evidence.scans] == [Milestone.DELIVERED, Milestone.IN_TRANSIT]
    assert (ticket.times, ticket.closed_at, ticket.created_at) == (1, None, NOON)


def test_nothing_that_was_written_lies_open_in_the_database(store: SqlStore) -> None:
    write(store, stored(store, an_order()), comment="Ada Nord, 5 Hill Road")

    with store.read() as snapshot:
        (row,) = snapshot.connection.execute(select(table)).all()
    assert b"Hill" not in row.sealed
    assert "Hill" not in str([value for name, value in row._mapping.items() if name != "sealed"])


@pytest.mark.parametrize(
    ("closed_after", "again_after", "tickets_there"),
    [
        (None, 3, 1),
        (None, 30, 1),  # open is open, however long
        (1, 20, 1),  # closed lately: opened again
        (1, 26, 2),
    ],
)
def test_the_same_matter_stays_one_ticket(
    store: SqlStore, closed_after: int | None, again_after: int, tickets_there: int
) -> None:
    order = stored(store, an_order())
    first = write(store, order)
    if closed_after is not None:
        assert shut(store, first, hours=closed_after)

    write(store, order, comment="Still not here.", hours=again_after)

    found = listed(store, closed_too=True)
    assert len(found) == tickets_there
    assert found[0].comment == "Still not here."
    assert found[0].closed_at is None
    assert found[0].times == (1 if tickets_there == 2 else 2)


def test_writing_four_times_at_once_makes_one_ticket(store: SqlStore) -> None:
    order = stored(store, an_order())

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: write(store, order), range(4)))

    assert len(ids) == 1
    assert [each.times for each in listed(store)] == [4]


def test_another_matter_or_another_order_is_another_ticket(store: SqlStore) -> None:
    order, other = stored(store, an_order()), stored(store, an_order())

    ids = {write(store, order), write(store, order, TicketKind.ADDRESS), write(store, other)}

    assert len(ids) == 3
    with store.read() as snapshot:
        assert [kind for kind, _ in tickets.open_kinds(snapshot.connection, other.id)] == [TicketKind.MISSING]
        assert len(tickets.of_order(snapshot, order.id)) == 2


def test_a_second_missing_parcel_is_a_ticket_of_its_own_and_ends_by_itself(store: SqlStore) -> None:
    order = stored(store, an_order(parcels=2))
    first = write(store, order, comment="The tent is not here.")
    second = write(store, order, parcel=1, comment="Nor are the pegs.")

    assert shut(store, second)

    assert [(each.id, each.comment) for each in listed(store)] == [(first, "The tent is not here.")]
    with store.read() as snapshot:
        missed = select(shipments.c.id).where(shipments.c.missed_at.is_not(None))
        assert snapshot.connection.execute(missed).scalars().all() == [order.shipments[0].id]


def test_a_ticket_is_closed_once_with_name_and_note(store: SqlStore) -> None:
    ticket_id = write(store, stored(store, an_order()))

    assert [shut(store, ticket_id), shut(store, ticket_id), shut(store, "unknown")] == [True, False, False]

    (ticket,) = listed(store, closed_too=True)
    assert (ticket.closed_by, ticket.note, ticket.closed_at) == ("ada", "Sent again.", NOON + HOUR)
    assert listed(store) == []


def test_a_brand_sees_and_closes_its_own(store: SqlStore) -> None:
    mine = write(store, stored(store, an_order(brand="northwind")))
    write(store, stored(store, an_order(brand="southwind")))

    assert [each.id for each in listed(store, brand="northwind")] == [mine]
    assert not shut(store, mine, brand="southwind")
    assert shut(store, mine, brand="northwind")


def test_pages_of_tickets_meet_without_gap_or_repeat(store: SqlStore) -> None:
    ids = [write(store, stored(store, an_order())) for _ in range(5)]

    with store.read() as snapshot:
        first = tickets.find(snapshot, WantedTickets(), limit=3)
        second = tickets.find(snapshot, WantedTickets(), after=first.next or "", limit=3)

    assert [each.id for each in (*first.rows, *second.rows)] == ids[::-1]
    assert (first.total, second.next) == (5, None)


def test_writing_and_closing_make_the_page_anew(store: SqlStore) -> None:
    order = stored(store, an_order())

    versions = [_version(store, order)]
    ticket_id = write(store, order)
    versions.append(_version(store, order))
    shut(store, ticket_id)
    versions.append(_version(store, order))

    assert versions == sorted(set(versions))


def test_whoever_is_forgotten_is_forgotten_here_too(store: SqlStore) -> None:
    order = stored(store, an_order())
    write(store, order, comment="Ada Nord, 5 Hill Road")

    with store.begin() as connection:
        people.erase(connection, order.id, at=NOON)

    (ticket,) = listed(store)
    assert (ticket.comment, ticket.evidence, ticket.is_erased) == ("", None, True)


def test_words_are_forgotten_a_year_after_their_ticket_was_closed(store: SqlStore) -> None:
    old, fresh, still_open = (write(store, stored(store, an_order()), comment="Words.") for _ in range(3))
    shut(store, old, hours=1)
    shut(store, fresh, hours=24 * 300)

    retain(store, Keep(), now=NOON + timedelta(days=402), machine_now=BOOT)

    said = {each.id: each.comment for each in listed(store, closed_too=True)}
    assert said == {old: "", fresh: "Words.", still_open: "Words."}


def _version(store: SqlStore, order: Order) -> int:
    with store.read() as snapshot:
        version: int = snapshot.connection.execute(select(orders.c.version).where(orders.c.id == order.id)).scalar_one()
    return version
