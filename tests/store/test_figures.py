"""Whether the figures count what they say they count."""

from dataclasses import replace
from datetime import timedelta

from carriers.events import Milestone
from notifiers.message import Handover, Verdict
from notifiers.receipts import Keyword
from tests.store.builders import BOOT, NOON, a_scan, an_order, stored
from tests.store.test_inbox import a_reply, apply, sending
from tracker.store import answers, figures
from tracker.store.unit import SqlStore

A_YEAR = timedelta(days=365)


def test_codes_without_a_row_are_counted_and_informational_scans_are_not(store: SqlStore) -> None:
    shipment = stored(store, an_order()).shipments[0]
    informational = a_scan(Milestone.UNKNOWN)
    strange = [replace(a_scan(Milestone.UNKNOWN, minute=at), code="X/ZZ/999", known=False) for at in (1, 2)]
    with store.write() as unit:
        unit.add_events(shipment.id, [informational, *strange], seen_at=NOON, not_seen_at=None)

    with store.read() as snapshot:
        found = figures.unknown_codes(snapshot, machine_now=BOOT)
        later = figures.unknown_codes(snapshot, machine_now=BOOT + 100 * A_YEAR)

    assert found == {("ups", "X/ZZ/999"): 2}
    assert later == {}


def test_attempts_that_brought_nothing_are_counted_by_code(store: SqlStore) -> None:
    for verdict, code in ((Verdict.REJECT, "30999"), (Verdict.REJECT, "30999"), (Verdict.ACCEPTED, "queued")):
        _, claimed = sending(store)
        handover = Handover(verdict=verdict, code=code)
        store.outbox.finish(claimed, 1, handover, machine_now=BOOT, retry_machine_at=None)

    with store.read() as snapshot:
        found = figures.refusals(snapshot, machine_now=BOOT)

    assert found == {("smtp", "30999"): 2}


def test_answers_obeyed_on_a_guess_are_named_for_a_week(store: SqlStore) -> None:
    apply(store, a_reply(Keyword.STOP, "SMclear"))
    apply(store, a_reply(Keyword.STOP, "SMguess", needs_review=True))

    with store.read() as snapshot:
        named = answers.guessed(snapshot, machine_now=BOOT)
        count = figures.figures(snapshot, now=NOON, machine_now=BOOT).guessed_answers
        later = answers.guessed(snapshot, machine_now=BOOT + timedelta(days=8))

    assert (named, count, later) == (["SMguess"], 1, [])
