"""Who is asked first when calls are short, and who is never forgotten."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.events import Milestone
from tests.domain.builders import DAY, HOUR, LADDER, NOON
from tests.domain.test_cadence import a_view
from tracker.domain.urgency import NEARLY, SHARED, SHARED_BY_USUAL, Room, Urgency, choose, looks_a_day, urgency

MINUTE = timedelta(minutes=1)
URGENT, USUAL, QUIET = Urgency
PLENTY = Room(urgent=99, usual=99, quiet=99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One that waits for its look."""

    urgency: int
    next_look_at: datetime = NOON


def waiting(*groups: tuple[Urgency, int], since: timedelta = HOUR) -> list[Parcel]:
    """So many of each; within a group the first is due the longest."""
    return [
        Parcel(urgency=each, next_look_at=NOON - since + n * MINUTE) for each, count in groups for n in range(count)
    ]


def chosen(parcels: list[Parcel], room: Room = PLENTY, *, seats: int = 20, of_call: int = 1) -> list[int]:
    """The urgency of each that is asked, in order."""
    return [each.urgency for each in choose(parcels, room, now=NOON, seats=seats, of_call=of_call, turn=1)]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (a_view(milestone=Milestone.OUT_FOR_DELIVERY), URGENT),
        (a_view(milestone=Milestone.EXCEPTION), URGENT),
        (a_view(milestone=Milestone.ATTEMPT_FAILED), URGENT),
        (a_view(promised_last_day_ends_at=NOON + 10 * HOUR), URGENT),  # today is the day
        (a_view(promised_last_day_ends_at=NOON - 2 * DAY), URGENT),  # late
        (a_view(promised_last_day_ends_at=NOON + 2 * DAY), USUAL),
        (a_view(watched_at=NOON - MINUTE), URGENT),
        (a_view(milestone=Milestone.LABEL_CREATED, watched_at=NOON - MINUTE), URGENT),
        (a_view(watched_at=NOON - HOUR), USUAL),
        (a_view(), USUAL),
        (a_view(milestone=None, looks=0), USUAL),
        (a_view(milestone=None, looks=1), QUIET),
        (a_view(milestone=Milestone.LABEL_CREATED), QUIET),
        (a_view(milestone=Milestone.RETURNING), QUIET),
        (a_view(milestone=Milestone.LOST), QUIET),
        (a_view(milestone=Milestone.DELIVERED, promised_last_day_ends_at=NOON, watched_at=NOON), QUIET),
    ],
)
def test_a_look_is_as_urgent_as_its_reader_is_impatient(view: object, expected: Urgency) -> None:
    assert urgency(view, NOON, LADDER) is expected  # type: ignore[arg-type]


def test_while_calls_suffice_everybody_who_is_due_is_asked() -> None:
    assert sorted(chosen(waiting((QUIET, 5), (URGENT, 5), (USUAL, 5)))) == [0] * 5 + [1] * 5 + [2] * 5


def test_the_urgent_come_first_and_every_fourth_call_goes_to_the_longest_waiting() -> None:
    parcels = waiting((URGENT, 12)) + waiting((QUIET, 12), since=9 * HOUR)

    order = chosen(parcels, Room(urgent=8, usual=8, quiet=0), seats=8)

    assert order.count(URGENT) == 8 - 8 // SHARED


def test_the_quiet_are_not_forgotten_when_the_usual_take_every_call() -> None:
    parcels = waiting((USUAL, 40)) + waiting((QUIET, 40), since=9 * HOUR)

    order = chosen(parcels, Room(urgent=40, usual=40, quiet=0), seats=SHARED_BY_USUAL)

    assert order.count(QUIET) == 1


def test_the_quiet_wait_for_the_even_pace() -> None:
    assert chosen(waiting((QUIET, 9)), Room(urgent=9, usual=5, quiet=2)) == [QUIET] * 2
    assert chosen(waiting((USUAL, 9)), Room(urgent=9, usual=5, quiet=2)) == [USUAL] * 5
    assert chosen(waiting((URGENT, 9)), Room(urgent=9, usual=5, quiet=-2)).count(URGENT) == 9


def test_the_longest_waiting_takes_no_call_that_the_urgent_do_not_make() -> None:
    """Else the quiet would eat up what is kept for the urgent."""
    assert chosen(waiting((QUIET, 9)), Room(urgent=9, usual=9, quiet=0)) == []


def test_free_seats_of_a_call_go_to_the_nearly_due_and_to_those_that_have_no_call_of_their_own() -> None:
    one = [Parcel(urgency=URGENT)]
    no_call = [Parcel(urgency=QUIET, next_look_at=NOON - MINUTE)]
    nearly = [Parcel(urgency=QUIET, next_look_at=NOON + NEARLY - n * MINUTE) for n in range(5)]

    asked = choose(nearly + no_call + one, Room(urgent=1, usual=0, quiet=0), now=NOON, seats=30, of_call=4, turn=1)

    assert asked == [*one, *no_call, nearly[4], nearly[3]]


def test_nobody_is_asked_because_somebody_is_nearly_due() -> None:
    nearly = [Parcel(urgency=URGENT, next_look_at=NOON + MINUTE)] * 20

    assert choose(nearly, PLENTY, now=NOON, seats=30, of_call=30, turn=0) == []


PARCELS = st.lists(
    st.builds(
        Parcel, urgency=st.sampled_from(Urgency), next_look_at=st.integers(-99, 9).map(lambda m: NOON + m * MINUTE)
    ),
    max_size=40,
)


@given(
    parcels=PARCELS,
    rooms=st.lists(st.integers(-5, 20), min_size=3, max_size=3).map(sorted),
    seats=st.integers(1, 40),
    of_call=st.sampled_from([1, 3, 30]),
    turn=st.integers(0, 9),
)
def test_no_choice_makes_more_calls_than_there_are(
    parcels: list[Parcel], rooms: list[int], seats: int, of_call: int, turn: int
) -> None:
    quiet, usual, urgent = rooms

    asked = choose(
        parcels, Room(urgent=urgent, usual=usual, quiet=quiet), now=NOON, seats=seats, of_call=of_call, turn=turn
    )

    assert len(asked) <= seats
    assert -(-len(asked) // of_call) <= max(0, urgent)
    assert all(sum(each is one for one in parcels) >= sum(each is one for one in asked) for each in asked)
    due = [each for each in asked if each.next_look_at <= NOON]
    assert due or not asked
    if of_call == 1:
        assert asked == due


def test_the_same_parcels_are_chosen_in_any_order() -> None:
    parcels = [replace(each, next_look_at=NOON - n * MINUTE) for n, each in enumerate(waiting((URGENT, 5), (QUIET, 5)))]
    room = Room(urgent=4, usual=3, quiet=2)

    assert choose(parcels, room, now=NOON, seats=9, of_call=1, turn=3) == choose(
        parcels[::-1], room, now=NOON, seats=9, of_call=1, turn=3
    )


def test_a_schedule_costs_what_its_rungs_say() -> None:
    """So many looks by day and so many by night; ended parcels cost nothing worth counting."""
    counted = looks_a_day({Milestone.IN_TRANSIT: 100, Milestone.DELIVERED: 50}, LADDER)

    rung = LADDER.rungs[Milestone.IN_TRANSIT]
    by_day = LADDER.day_to_hour - LADDER.day_from_hour
    assert counted == pytest.approx(100 * (by_day * HOUR / rung.day + (24 - by_day) * HOUR / rung.night))
