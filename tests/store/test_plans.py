"""No question that somebody waits for reads a whole table, however large it has grown."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from carriers.events import Milestone
from notifiers.message import Handover, Verdict
from notifiers.receipts import Keyword, ReceiptState
from tests.domain.builders import POLICY
from tests.store.builders import BOOT, NOON, SECRET, a_notification, a_scan, an_order, stored
from tests.store.desk import claim, start, sweep, told
from tests.store.racers import LEASE
from tests.store.test_inbox import a_reply, a_report, apply, sending
from tests.store.test_looks import a_look
from tests.store.test_looks import claim as claim_looks
from tracker.domain.notices import Notice
from tracker.domain.orders import OrderStage
from tracker.domain.people import NOTHING_CHOSEN, RecipientId
from tracker.domain.problems import StuckReason
from tracker.pipeline import letters
from tracker.store import (
    cases,
    figures,
    invariants,
    invitations,
    lookups,
    ratings,
    readers,
    schema,
    sights,
    stuck,
    tellings,
    tickets,
)
from tracker.store.engine import open_engine
from tracker.store.inbox import SqlInbox
from tracker.store.invitations import Invitation
from tracker.store.readers import Chosen
from tracker.store.retention import Keep, retain
from tracker.store.stuck import Sort, Wanted
from tracker.store.tickets import WantedTickets
from tracker.store.traffic import traffic
from tracker.store.unit import SqlStore
from tracker.store.vault import Vault

LARGE = frozenset(schema.metadata.tables) - {"api_keys", "counters", "facts", "gates", "heartbeats", "leases", "pauses"}


def look_around(store: SqlStore) -> None:
    order = stored(store, an_order())
    for look in claim_looks(store).claims:
        with store.write() as unit:
            unit.record_looks([a_look(look, answer=b"{}", answer_sha256="a" * 64)])
    with store.write() as unit:
        dossier = unit.dossier(order.shipments[0].id)
        unit.add_events(dossier.shipment.id, [a_scan(Milestone.DELIVERED)], seen_at=NOON, not_seen_at=None)
        unit.save_state(order.id, order.state)
        unit.remove_shipment(dossier.shipment.id, at=NOON)
    store.due_reviews(now=NOON, limit=10)
    store.watched(order.id, at=NOON, next_look_at=NOON)


def hand_over(store: SqlStore) -> None:
    order = stored(store, an_order())
    told(store, a_notification(order))
    store.outbox.due(limit=10, now=NOON, machine_now=BOOT, rung_before=BOOT)
    (claimed,) = claim(store)
    claim(store, only=claimed.id)
    store.outbox.links(claimed, now=NOON)
    start(store, claimed)
    unknown = Handover(verdict=Verdict.UNKNOWN)
    store.outbox.finish(claimed, 1, unknown, machine_now=BOOT, retry_machine_at=BOOT)
    (doubt,) = store.outbox.doubtful(limit=10, machine_now=BOOT)
    store.outbox.resend(doubt, now=NOON, machine_now=BOOT)
    store.outbox.give_up(doubt, machine_now=BOOT)
    sweep(store, machine_now=BOOT + LEASE)
    store.outbox.expire(limit=10, now=NOON + timedelta(days=9), machine_now=BOOT)


def ask(store: SqlStore) -> None:
    order = stored(store, an_order())
    with store.read() as snapshot:
        assert sights.page(snapshot, store.vault.page_token(order.id))
        assert sights.version(snapshot, store.vault.page_token(order.id)) is not None
        lookups.order(snapshot, order.brand, order.number)
        first = lookups.orders(snapshot, order.brand, after=None, stage=None, limit=1)
        lookups.orders(snapshot, order.brand, after=first.next, stage=OrderStage.SHIPPED, limit=1)
        lookups.journey(snapshot, order.shipments[0].id)
        for sort in Sort:
            stuck.stuck(snapshot, NOON, wanted=Wanted(), sort=sort, limit=1)
        every = Wanted(brand=order.brand, carrier="ups", reasons=frozenset(StuckReason), older_than=LEASE)
        stuck.stuck(snapshot, NOON, wanted=every, limit=10)
        cases.case(snapshot, order.brand, order.number)
        lookups.find(snapshot, order.shipments[0].tracking_number)
        lookups.carriers_due(snapshot, ["ups"], now=NOON, machine_now=BOOT)
        tellings.untold(snapshot, since_machine_at=BOOT, limit=10)
        figures.figures(snapshot, now=NOON, machine_now=BOOT)
        invariants.broken(snapshot, machine_now=BOOT, grace=LEASE)
        tickets.open_kinds(snapshot.connection, order.id)
        tickets.of_order(snapshot, order.id)
        for closed_too in (True, False):
            tickets.find(snapshot, WantedTickets(brand=order.brand, closed_too=closed_too), after="f", limit=1)
        ratings.given_by(snapshot, ratings.rater(snapshot, snapshot.vault.page_token(order.id)))
        ratings.by_lane(snapshot, since=NOON, brand=order.brand)
        readers.reach(snapshot, snapshot.vault.page_token(order.id), machine_now=BOOT)
        invitations.standing(snapshot, order.recipients[0].id, machine_now=BOOT)
    question = letters.letter(order, Notice.INVITED, RecipientId("friend"), which="1", policy=POLICY, now=NOON)
    friend = Invitation(address="bo@friend.example", question=question, locale="en")
    invitations.ask(store, order, friend, machine_now=BOOT)
    invitations.agree(store, "friend", at=NOON, machine_now=BOOT)
    reader = order.recipients[0]
    chosen = Chosen(order_id=order.id, recipient_id=reader.id, wishes=NOTHING_CHOSEN, agreed=())
    readers.choose(store, chosen, at=NOON)
    readers.stop(store, order, order.recipients, at=NOON)
    readers.resume(store, order.brand, frozenset((each.channel, each.address) for each in reader.contacts))
    invitations.take_back(store, order.id, "friend", at=NOON)
    retain(store, Keep(), now=NOON, machine_now=BOOT)


def plans_of(work: Callable[[SqlStore], None], path: Path) -> list[tuple[str, str]]:
    """(statement, step of its plan) of everything that was run."""
    engine = open_engine(f"sqlite:///{path}")
    seen: dict[str, object] = {}

    def remember(_c: object, _k: object, statement: str, parameters: object, _x: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen.setdefault(statement, parameters[0] if many else parameters)  # type: ignore[index]

    event.listen(engine, "before_cursor_execute", remember)
    work(SqlStore(engine, Vault(SECRET)))
    event.remove(engine, "before_cursor_execute", remember)
    plans = [(each, step) for each, values in seen.items() for step in _explained(engine, each, values)]
    engine.dispose()
    return plans


def _explained(engine: Engine, statement: str, parameters: object) -> list[str]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        return [str(row[3]) for row in rows]


def reads_a_whole_table(step: str) -> bool:
    """A scan of an index is one too, unless the index holds only the rows that are asked for."""
    if step.endswith("ix_shipments_stuck"):
        return False
    return any(step == f"SCAN {table}" or step.startswith(f"SCAN {table} ") for table in LARGE)


def hear(store: SqlStore) -> None:
    inbox = SqlInbox(store)
    id_, mine = sending(store)
    for state in (ReceiptState.SENT, ReceiptState.DELIVERED):
        apply(store, a_report(id_, state))
    apply(store, a_reply(Keyword.STOP))
    apply(store, a_reply(Keyword.START, sid="SM8"))
    store.outbox.links(mine, now=NOON)
    store.outbox.doubtful(limit=10, machine_now=BOOT)
    inbox.confirm_late(limit=10, machine_now=BOOT)
    with store.read() as snapshot:
        traffic(snapshot, brands=["northwind"], now=NOON, machine_now=BOOT)
    retain(store, Keep(), now=NOON, machine_now=BOOT)


@pytest.mark.parametrize("work", [look_around, hand_over, ask, hear])
def test_everything_is_found_by_index(work: Callable[[SqlStore], None], sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "wismo.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())

    plans = plans_of(work, path)

    assert len(plans) > 10
    assert [(step, statement) for statement, step in plans if reads_a_whole_table(step)] == []
