"""W17: a STOP and the start of a text race a thousand times; no text starts once the STOP has committed."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text

from notifiers.message import Channel
from notifiers.receipts import Keyword, Reply
from tests.faults.shop import phone_number
from tests.store.builders import NOON, SECRET, a_notification, a_recipient, an_order, stored
from tracker.domain.notices import WhyNot
from tracker.domain.people import Consent, Contact
from tracker.pipeline.ports import DispatchClaim
from tracker.pipeline.receipts import Kept, Kind, Outcome, Posted
from tracker.store.inbox import SqlInbox
from tracker.store.unit import SqlStore, open_store

RACES = 1000
STEP, MOST = 0.0005, 2.0  # seconds; a start takes three thousandths, on a busy machine a hundred times as long
LEASE = timedelta(hours=1)

SPUN = 0.002  # seconds; the last of a wait is spun, so that it ends on time

# Which of the two committed first. SQLite has one writer at a time, so that the order of writing is the order of
# commits; in PostgreSQL a deferred trigger counts when everything else is done.
SEEN = "INSERT INTO finish_line (what, whose) VALUES"
WITNESS = {
    "sqlite": (
        "CREATE TABLE finish_line (place INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT, whose TEXT)",
        f"CREATE TRIGGER starts AFTER INSERT ON send_attempts BEGIN {SEEN} ('start', NEW.notification_id); END",
        f"CREATE TRIGGER stops AFTER INSERT ON suppressions BEGIN {SEEN} ('stop', NEW.contact_hmac); END",
    ),
    "postgresql": (
        "CREATE TABLE finish_line (place BIGSERIAL PRIMARY KEY, what TEXT, whose TEXT)",
        "CREATE FUNCTION see_start() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {SEEN} ('start', NEW.notification_id); RETURN NULL; END $$",
        "CREATE FUNCTION see_stop() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {SEEN} ('stop', NEW.contact_hmac); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER starts AFTER INSERT ON send_attempts "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION see_start()",
        "CREATE CONSTRAINT TRIGGER stops AFTER INSERT ON suppressions "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION see_stop()",
    ),
}


@pytest.fixture
def store(migrated_url: str) -> Iterator[SqlStore]:
    opened = open_store(migrated_url, secret=SECRET)
    yield opened
    opened.close()


def test_no_text_starts_after_its_reader_has_stopped_it(store: SqlStore) -> None:
    numbers = [phone_number() for _ in range(RACES)]
    claims = claimed(store, numbers)
    stops = posted(store, numbers)
    witness(store)

    answers = raced(store, claims, stops)

    placed = places(store)
    late = [
        number
        for number, claim in zip(numbers, claims, strict=True)
        if placed.get(("start", claim.id), 0) > placed["stop", store.vault.contact_hmac(Channel.SMS, number)]
    ]
    ends = Counter("refused" if answer is WhyNot.OPTED_OUT else "started" for answer in answers)
    assert late == []
    assert set(answers) == {1, WhyNot.OPTED_OUT}
    assert min(ends.values()) > RACES / 10, f"that was no race: {ends}"


def claimed(store: SqlStore, numbers: Sequence[str]) -> list[DispatchClaim]:
    """One text for each number, in the hands of a worker that is about to start it."""
    for number in numbers:
        agreed = Consent(channel=Channel.SMS, granted=True, source="checkout", at=NOON)
        contact = Contact(channel=Channel.SMS, address=number)
        order = stored(store, an_order(recipient=replace(a_recipient(), contacts=(contact,), consents=(agreed,))))
        with store.write() as unit:
            unit.queue([replace(a_notification(order), channel=Channel.SMS)], machine_now=NOON)
    claims = store.outbox.claim(limit=RACES, now=NOON, machine_now=NOON, lease=LEASE, owner="me", only=None)
    by_number = {claim.recipient.contacts[0].address: claim for claim in claims}
    return [by_number[number] for number in numbers]


def posted(store: SqlStore, numbers: Sequence[str]) -> list[Kept]:
    """A STOP from each number, kept and not applied yet."""
    inbox = SqlInbox(store)
    for number in numbers:
        inbox.keep(_stop(number), machine_now=NOON)
    by_number = {kept.posted.reply.sender: kept for kept in inbox.waiting(limit=RACES) if kept.posted.reply}
    return [by_number[number] for number in numbers]


def raced(store: SqlStore, claims: Sequence[DispatchClaim], stops: Sequence[Kept]) -> list[object]:
    """What the starts came to. Each race has one starting line; who has won waits there a little longer next time,
    and who wins again and again waits twice as much longer each time: neither side can win all, however slow it is."""
    line, chance, inbox = threading.Barrier(2), Random(17), SqlInbox(store)
    handicap = 0.0  # seconds; above zero the STOP's, below it the start's

    def start() -> list[object]:
        nonlocal handicap
        answers: list[object] = []
        step = STEP
        for claim in claims:
            _wait(line, -handicap)
            answers.append(_start(store, claim))
            step = step * 2 if answers[-2:-1] == answers[-1:] else STEP
            stop_won = answers[-1] is WhyNot.OPTED_OUT
            handicap = max(-MOST, min(MOST, handicap + chance.uniform(0, step) * (1 if stop_won else -1)))
        return answers

    def stop() -> None:
        for kept in stops:
            _wait(line, handicap)
            assert inbox.answer(kept, now=NOON, machine_now=NOON) is Outcome.STOPPED

    with ThreadPoolExecutor(2) as pool:
        starting, stopping = pool.submit(start), pool.submit(stop)
        stopping.result()
        return starting.result()


def witness(store: SqlStore) -> None:
    with store.begin() as connection:
        for statement in WITNESS[connection.dialect.name]:
            connection.execute(text(statement))


def places(store: SqlStore) -> dict[tuple[str, str], int]:
    with store.read() as snapshot:
        found = snapshot.connection.execute(text("SELECT place, what, whose FROM finish_line")).all()
    return {(row.what, row.whose): row.place for row in found}


def _start(store: SqlStore, claim: DispatchClaim) -> object:
    return store.outbox.start(
        claim,
        provider="twilio",
        body_sha256="0" * 64,
        now=NOON,
        machine_now=NOON,
        again_machine_at=NOON,
        sibling_machine_at=NOON,
        hourly_cap=RACES,
        quiet_until=None,
    )


def _wait(line: threading.Barrier, handicap: float) -> None:
    line.wait(timeout=30)
    begins = time.perf_counter() + handicap
    while (left := begins - time.perf_counter()) > 0:
        if left > SPUN:
            threading.Event().wait(left - SPUN)  # the other needs the core


def _stop(number: str) -> Posted:
    reply = Reply(
        provider_message_id=f"SM{number}",
        account="AC",
        sender=number,
        to="+15005550006",
        text="STOP",
        keyword=Keyword.STOP,
        needs_review=False,
    )
    return Posted(kind=Kind.REPLY, form=(("Body", "STOP"),), reply=reply)
