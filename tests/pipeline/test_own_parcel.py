"""Of all that answers to a number, only this journey's parcel counts."""

from datetime import UTC, datetime, timedelta

from carriers.events import Clock, Milestone, Tracked, TrackingEvent
from tracker.pipeline.ingest import FORMER_LIFE, of_this_journey, pick

PLACED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_scan(at: datetime, milestone: Milestone = Milestone.IN_TRANSIT) -> TrackingEvent:
    return TrackingEvent(
        code=milestone, milestone=milestone, occurred_at=at, clock=Clock.EXACT, local_text=at.isoformat()
    )


def a_parcel(number: str, *scans: TrackingEvent) -> Tracked:
    return Tracked(tracking_number=number, events=scans)


def test_siblings_of_a_shipment_are_left_to_their_own_looks() -> None:
    ours, sibling = a_parcel("1Z999", a_scan(PLACED)), a_parcel("1Z998", a_scan(PLACED))

    assert pick("1z 999", [sibling, ours]) is ours


def test_a_single_answer_under_another_writing_is_ours() -> None:
    only = a_parcel("00123", a_scan(PLACED))

    assert pick("123", [only]) is only
    assert pick("123", [only, a_parcel("00124")]) is None


def test_the_newest_life_of_a_number_is_ours() -> None:
    old, new = a_parcel("1Z9", a_scan(PLACED - timedelta(days=200))), a_parcel("1Z9", a_scan(PLACED))

    assert pick("1Z9", [new, old]) is new


def test_scans_of_a_former_life_are_left_out() -> None:
    former = a_scan(PLACED - timedelta(days=200), Milestone.DELIVERED)
    early_label = a_scan(PLACED - FORMER_LIFE, Milestone.LABEL_CREATED)
    tracked = of_this_journey(a_parcel("1Z9", former, early_label), placed_at=PLACED)

    assert tracked is not None
    assert tracked.events == (early_label,)


def test_a_number_known_only_from_a_former_life_is_not_known_yet() -> None:
    former = a_scan(PLACED - timedelta(days=200), Milestone.DELIVERED)

    assert of_this_journey(a_parcel("1Z9", former), placed_at=PLACED) is None


def test_an_answer_without_scans_may_still_carry_a_promise() -> None:
    bare = a_parcel("1Z9")

    assert of_this_journey(bare, placed_at=PLACED) == bare
