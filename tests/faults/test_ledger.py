"""The list of promises notices each one that is broken."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from notifiers.message import Handover, Verdict
from notifiers.sandbox.ledger import Ledger
from tests.faults.ledger import assert_invariants
from tests.store.builders import SECRET, a_notification, an_order, stored
from tracker.domain.notices import NotificationState
from tracker.pipeline.ports import NotificationId
from tracker.store.ids import new_id
from tracker.store.outbox_tables import notifications, send_attempts
from tracker.store.tables import shipments
from tracker.store.unit import SqlStore, open_store

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


@dataclass(slots=True)
class Books:
    """One order's notifications and a mailbox's ledger."""

    store: SqlStore
    ledger: Ledger

    def send(self, verdict: Verdict | None = Verdict.ACCEPTED, *, copies: int = 1) -> NotificationId:
        """One notification handed over as it should be; `verdict` None: nobody came back."""
        order = stored(self.store, an_order())
        with self.store.write() as unit:
            (notification_id,) = unit.queue([a_notification(order)], machine_now=NOW)
        self.attempt(notification_id, verdict)
        for _ in range(copies):
            self.mail(notification_id)
        return notification_id

    def attempt(self, notification_id: NotificationId, verdict: Verdict | None) -> None:
        (claim,) = self.store.outbox.claim(
            limit=1, now=NOW, machine_now=NOW, lease=LEASE, owner="me", only=notification_id
        )
        n = self.store.outbox.start(
            claim,
            provider="smtp",
            body_sha256="0" * 64,
            now=NOW,
            machine_now=NOW,
            again_machine_at=NOW,
            sibling_machine_at=NOW,
            hourly_cap=100,
            quiet_until=None,
        )
        assert isinstance(n, int)
        if verdict is not None:
            self.store.outbox.finish(claim, n, Handover(verdict=verdict), machine_now=NOW, retry_machine_at=NOW)

    def mail(self, ref: str, *, message_id: str = "", text: str = "hello") -> None:
        said = f"Message-ID: {message_id or f'<{ref}@shop.example>'}\r\nX-Delivery-Ref: {ref}\r\n\r\n{text}\r\n"
        self.ledger.accept([("shop@shop.example", ("ada@example.com",), said.encode())])

    def forge(self, notification_id: str, **values: Any) -> None:
        with self.store.begin() as connection:
            connection.execute(update(notifications).where(notifications.c.id == notification_id).values(values))


@pytest.fixture
def books(migrated_sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    ledger = Ledger(tmp_path / "ledger")
    store = open_store(migrated_sqlite_url, secret=SECRET)
    yield Books(store, ledger)
    ledger.close()
    store.close()


def test_a_mail_sent_once_breaks_nothing(books: Books) -> None:
    books.send()

    tally = assert_invariants(books.store, books.ledger)

    assert (tally.accepted, tally.mails, tally.repeats, tally.lost) == (1, 1, 0, 0)


def test_a_repeat_after_a_lost_answer_is_counted(books: Books) -> None:
    notification_id = books.send(Verdict.UNKNOWN)
    (doubt,) = books.store.outbox.doubtful(limit=1, machine_now=NOW)
    assert books.store.outbox.resend(doubt, now=NOW, machine_now=NOW)
    books.attempt(notification_id, Verdict.ACCEPTED)
    books.mail(notification_id)

    tally = assert_invariants(books.store, books.ledger)

    assert (tally.accepted, tally.mails, tally.repeats, tally.lost) == (1, 2, 1, 1)


def test_a_row_nobody_finished_is_noticed(books: Books) -> None:
    books.send(None)

    with pytest.raises(AssertionError, match="is still sending"):
        assert_invariants(books.store, books.ledger)


def test_an_acceptance_without_a_mail_is_noticed(books: Books) -> None:
    books.send(copies=0)

    with pytest.raises(AssertionError, match="no mail arrived"):
        assert_invariants(books.store, books.ledger)


def test_a_mail_of_a_row_that_denies_it_is_noticed(books: Books) -> None:
    notification_id = books.send()
    books.forge(notification_id, state=NotificationState.EXPIRED)

    with pytest.raises(AssertionError, match="is expired, but its mail arrived"):
        assert_invariants(books.store, books.ledger)


def test_a_repeat_without_a_lost_answer_is_noticed(books: Books) -> None:
    books.send(copies=2)

    with pytest.raises(AssertionError, match="arrived 2 times, but only 0 answers were lost"):
        assert_invariants(books.store, books.ledger)


def test_a_copy_without_its_attempt_is_noticed(books: Books) -> None:
    notification_id = books.send(Verdict.UNKNOWN, copies=2)
    books.forge(notification_id, state=NotificationState.UNKNOWN_FINAL)

    with pytest.raises(AssertionError, match="arrived 2 times in 1 attempts"):
        assert_invariants(books.store, books.ledger)


def test_other_bytes_under_the_same_id_are_noticed(books: Books) -> None:
    notification_id = books.send()
    books.mail(notification_id, text="hello again")

    with pytest.raises(AssertionError, match="came again with other bytes"):
        assert_invariants(books.store, books.ledger)


def test_a_second_message_id_is_noticed(books: Books) -> None:
    notification_id = books.send()
    books.mail(notification_id, message_id="<other@shop.example>")

    with pytest.raises(AssertionError, match="under two Message-IDs"):
        assert_invariants(books.store, books.ledger)


def test_a_stranger_is_noticed(books: Books) -> None:
    books.mail("nobody")

    with pytest.raises(AssertionError, match="belongs to no row"):
        assert_invariants(books.store, books.ledger)


def test_a_forgotten_attempt_is_noticed(books: Books) -> None:
    notification_id = books.send()
    books.forge(notification_id, attempts=2)

    with pytest.raises(AssertionError, match="counts 2 attempts"):
        assert_invariants(books.store, books.ledger)


def test_an_attempt_after_the_end_is_noticed(books: Books) -> None:
    notification_id = books.send()
    books.forge(notification_id, expires_at=NOW - timedelta(seconds=1))

    with pytest.raises(AssertionError, match="expired before attempts"):
        assert_invariants(books.store, books.ledger)
    assert assert_invariants(books.store, books.ledger, is_warped=True)


def test_a_step_back_is_noticed(books: Books) -> None:
    order = stored(books.store, an_order())
    first = replace(a_notification(order), rank=60, dedupe_key="first")
    with books.store.write() as unit:
        (further,) = unit.queue([first], machine_now=NOW)
    books.attempt(further, Verdict.ACCEPTED)
    books.mail(further)
    earlier = new_id()
    with books.store.begin() as connection:
        row = connection.execute(notifications.select()).mappings().one()
        connection.execute(insert(notifications), {**row, "id": earlier, "rank": 20, "dedupe_key": "earlier"})
        attempt = connection.execute(send_attempts.select()).mappings().one()
        later = {"id": new_id(), "notification_id": earlier, "started_machine_at": NOW + timedelta(seconds=1)}
        connection.execute(insert(send_attempts), {**attempt, **later})
    books.mail(earlier)

    with pytest.raises(AssertionError, match="after something further"):
        assert_invariants(books.store, books.ledger)


@pytest.mark.parametrize(
    ("forged", "noticed"), [({"looks": 1}, "counts 1 looks, 0"), ({"milestone": "delivered"}, "its events say None")]
)
def test_forged_shipments_are_noticed(books: Books, forged: dict[str, Any], noticed: str) -> None:
    stored(books.store, an_order())
    with books.store.begin() as connection:
        connection.execute(update(shipments).values(forged))

    with pytest.raises(AssertionError, match=noticed):
        assert_invariants(books.store, books.ledger)
