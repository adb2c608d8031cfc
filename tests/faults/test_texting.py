"""The list of promises about texts notices each one that is broken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifiers.message import Channel, Verdict
from notifiers.sandbox.texts import OUT, Text
from tests.faults.rows import Attempt, Row
from tests.faults.texting import broken
from tracker.domain.notices import NotificationState

S = NotificationState
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
TAKEN = Attempt(
    n=1,
    verdict=Verdict.ACCEPTED,
    started_machine_at=NOON,
    ended_machine_at=NOON,
    provider_message_id="SM1",
)
LOST = replace(TAKEN, verdict=Verdict.UNKNOWN, provider_message_id=None)
GIVEN_UP = replace(TAKEN, verdict=Verdict.RETRY, receipt="undelivered")
AGAIN = replace(TAKEN, n=2, provider_message_id="SM2")


def a_row(state: S, *attempts: Attempt) -> Row:
    return Row(
        id="one",
        order_id="order",
        shipment_id=None,
        notice="confirmed",
        channel=Channel.SMS,
        state=state,
        why_not=None,
        place=(0, 10),
        correction=False,
        expires_at=NOON + timedelta(days=1),
        counted=len(attempts),
        lease_owner=None,
        attempts=attempts,
    )


def a_text(sid: str = "SM1", *, of: str = "one", n: int = 1) -> Text:
    return Text(
        id=1,
        sid=sid,
        accepted_at=NOON,
        direction=OUT,
        to="+4790000001",
        sender="",
        service="",
        body="hello",
        callback_url=f"http://127.0.0.1:1/webhooks/twilio/status/{of}/{n}?k=mark",
        status="queued",
    )


FIRST, SECOND = a_text(), a_text("SM2", n=2)


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        (a_row(S.ACCEPTED, TAKEN), [FIRST]),
        (a_row(S.DELIVERED, GIVEN_UP, AGAIN), [FIRST, SECOND]),
        (a_row(S.UNDELIVERED, GIVEN_UP), [FIRST]),
        (a_row(S.SUPERSEDED, GIVEN_UP), [FIRST]),
        (a_row(S.UNKNOWN_FINAL, LOST), [FIRST]),
        (a_row(S.UNKNOWN_FINAL, LOST), []),
        (a_row(S.SUPPRESSED), []),
    ],
)
def test_a_text_taken_once_breaks_nothing(row: Row, texts: Sequence[Text]) -> None:
    assert list(broken([row], texts)) == []


@pytest.mark.parametrize(
    ("row", "texts", "noticed"),
    [
        (a_row(S.ACCEPTED, LOST, AGAIN), [FIRST, SECOND], "was taken 2 times"),
        (a_row(S.UNKNOWN_FINAL, LOST, LOST), [FIRST, SECOND], "was taken 2 times"),
        (a_row(S.ACCEPTED, TAKEN), [FIRST, a_text("SM9")], "twice in one attempt"),
        (a_row(S.ACCEPTED, TAKEN), [FIRST, a_text("SM9", n=7)], "that nobody wrote down"),
        (a_row(S.DELIVERED, LOST), [], "no text was taken"),
        (a_row(S.EXPIRED, LOST), [FIRST], "is expired, but its text was taken"),
        (a_row(S.ACCEPTED, AGAIN), [FIRST], "that nobody took"),
        (a_row(S.ACCEPTED, TAKEN), [FIRST, a_text("SM9", of="nobody")], "belong to no row"),
    ],
)
def test_each_broken_promise_is_noticed(row: Row, texts: Sequence[Text], noticed: str) -> None:
    assert noticed in "\n".join(broken([row], texts))
