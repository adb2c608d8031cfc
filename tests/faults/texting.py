"""What must be true of texts: for each row the provider took one at most, and both say so."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from notifiers.sandbox.texts import Text
from tests.faults.rows import GIVEN_UP, Row
from tracker.domain.notices import NotificationState

WELL_TAKEN = frozenset({NotificationState.ACCEPTED, NotificationState.DELIVERED, NotificationState.SENT_UNCONFIRMED})
TAKEN = WELL_TAKEN | {NotificationState.UNDELIVERED}

Key = tuple[str, int]  # a notification, and which of its attempts


def key_of(text: Text) -> Key:
    """Which attempt a text belongs to: it names the address where to report."""
    *_, notification_id, n = urlsplit(text.callback_url).path.split("/")
    return notification_id, int(n)


def broken(rows: Iterable[Row], texts: Sequence[Text]) -> Iterable[str]:
    """Every promise about texts that was not kept."""
    by_row: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        by_row[key_of(text)[0]].append(text)
    for row in rows:
        yield from _of_row(row, by_row.pop(row.id, []))
    yield from (f"texts {[text.sid for text in strangers]} belong to no row" for strangers in by_row.values())


def _of_row(row: Row, texts: Sequence[Text]) -> Iterable[str]:
    """A second text goes only where the network gave the first one up and said so."""
    copies = Counter(key_of(text) for text in texts)
    if copies and max(copies.values()) > 1:
        yield f"{row.id} was taken twice in one attempt: {copies}"
    if unknown := {n for _, n in copies} - {each.n for each in row.attempts}:
        yield f"{row.id} was taken in attempts {unknown} that nobody wrote down"
    given_up = {each.provider_message_id for each in row.attempts if each.receipt in GIVEN_UP}
    standing = [text for text in texts if text.sid not in given_up]
    if len(standing) > 1:
        yield f"{row.id} ({row.state}) was taken {len(standing)} times: {copies}"
    if row.state in WELL_TAKEN and not standing:
        yield f"{row.id} is {row.state}, but no text was taken"
    if standing and row.state not in TAKEN | {NotificationState.UNKNOWN_FINAL}:
        yield f"{row.id} is {row.state}, but its text was taken"
    named = {each.provider_message_id for each in row.attempts if each.provider_message_id}
    if wrong := named - {text.sid for text in texts}:
        yield f"{row.id} names texts {wrong} that nobody took"
