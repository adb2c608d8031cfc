"""The queue holds what is stuck, the gravest first, and its pages neither repeat nor lose a row."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from carriers.events import Milestone
from tests.store.builders import NOON, an_order, stored
from tracker.domain.orders import Order
from tracker.domain.problems import Problem, StuckReason
from tracker.domain.shipments import Judgement, ShipmentId, Standing
from tracker.store import acknowledgements, people, stuck
from tracker.store.acknowledgements import Acknowledgement
from tracker.store.stuck import NotOurPlace, Scanned, Sort, StuckPage, Wanted
from tracker.store.unit import SqlStore

HOUR = timedelta(hours=1)
LATER = NOON + 100 * HOUR
SILENT, PAST, CUSTOMS = StuckReason.SILENT, StuckReason.PAST_PROMISE, StuckReason.CUSTOMS


def judged(
    store: SqlStore, *problems: tuple[StuckReason, int, int], brand: str = "a", milestone: Milestone | None = None
) -> ShipmentId:
    """A shipment with these problems: (reason, severity, hours after noon), the gravest first."""
    order = stored(store, an_order(brand=brand))
    return judge_again(store, order, *problems, milestone=milestone)


def judge_again(
    store: SqlStore, order: Order, *problems: tuple[StuckReason, int, int], milestone: Milestone | None = None
) -> ShipmentId:
    shipment = order.shipments[0]
    found = tuple(
        Problem(reason=reason, since=NOON + hours * HOUR, severity=severity) for reason, severity, hours in problems
    )
    first = found[0]
    judgement = Judgement(stuck=first.reason, stuck_since=first.since, severity=first.severity, problems=found)
    standing = Standing(milestone=milestone, since=NOON)
    with store.write() as unit:
        unit.save_shipment(replace(shipment, judgement=judgement, standing=standing, version=shipment.version + 1))
    return shipment.id


def asked(
    store: SqlStore,
    wanted: Wanted | None = None,
    *,
    sort: Sort = Sort.SEVERITY,
    cursor: str = "",
    limit: int = 50,
    now: datetime = LATER,
) -> StuckPage:
    with store.read() as snapshot:
        return stuck.stuck(snapshot, now, wanted=wanted or Wanted(), sort=sort, cursor=cursor, limit=limit)


def ids(page: StuckPage) -> list[ShipmentId]:
    return [row.shipment.id for row in page.rows]


def test_the_gravest_stands_first_then_the_longest_stuck(store: SqlStore) -> None:
    stored(store, an_order())
    low = judged(store, (SILENT, 1, 0))
    young = judged(store, (SILENT, 3, 2))
    old = judged(store, (SILENT, 3, 1))

    assert ids(asked(store)) == [old, young, low]
    assert ids(asked(store, sort=Sort.SINCE)) == [low, old, young]
    assert ids(asked(store, sort=Sort.ORDER)) == [low, young, old]


def test_every_problem_of_a_shipment_is_kept_found_and_counted(store: SqlStore) -> None:
    both = judged(store, (CUSTOMS, 2, 5), (PAST, 1, 1))
    one = judged(store, (PAST, 1, 2))

    page = asked(store, Wanted(reasons=frozenset({PAST})))

    assert ids(page) == [both, one]
    assert [each.reason for each in page.rows[0].shipment.judgement.problems] == [CUSTOMS, PAST]
    assert page.rows[0].shipment.judgement.problems[1].since == NOON + HOUR
    assert dict(page.counts) == {CUSTOMS: 1, PAST: 2}
    assert asked(store, Wanted(reasons=frozenset({CUSTOMS}))).total == 1
    assert asked(store, Wanted(reasons=frozenset({StuckReason.LOST}))).rows == ()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(brand="b"), 1),
        (Wanted(brand="c"), 0),
        (Wanted(carrier="ups"), 3),
        (Wanted(carrier="dhl"), 0),
        (Wanted(milestone=Milestone.IN_TRANSIT), 1),
        (Wanted(milestone=Scanned.NEVER), 2),
        (Wanted(older_than=99 * HOUR), 2),
        (Wanted(older_than=101 * HOUR), 0),
        (Wanted(brand="a", milestone=Scanned.NEVER), 1),
    ],
)
def test_filters_narrow_rows_and_counts_alike(store: SqlStore, wanted: Wanted, found: int) -> None:
    judged(store, (SILENT, 1, 0), brand="a")
    judged(store, (SILENT, 1, 1), brand="b")
    judged(store, (SILENT, 1, 9), brand="a", milestone=Milestone.IN_TRANSIT)

    page = asked(store, wanted)

    assert (len(page.rows), page.total, page.counts.get(SILENT, 0)) == (found, found, found)


@pytest.mark.parametrize("sort", Sort)
def test_pages_do_not_drift_while_others_come_and_go(store: SqlStore, sort: Sort) -> None:
    orders = [stored(store, an_order()) for _ in range(9)]
    for n, order in enumerate(orders):
        judge_again(store, order, (SILENT, 1 + n % 3, n % 2))
    before = ids(asked(store, sort=sort))

    first = asked(store, sort=sort, limit=4)
    gone = orders[[order.shipments[0].id for order in orders].index(before[1])]  # shown already
    with store.write() as unit:
        unit.remove_shipment(gone.shipments[0].id, at=NOON)
    judged(store, (SILENT, 2, 101))  # became stuck after the first page was shown
    second = asked(store, sort=sort, limit=4, cursor=first.next or "", now=LATER + 9 * HOUR)
    third = asked(store, sort=sort, limit=4, cursor=second.next or "", now=LATER + 9 * HOUR)

    assert ids(first) + ids(second) + ids(third) == before
    assert third.next is None
    assert (first.as_of, second.as_of) == (LATER, LATER)


@pytest.mark.parametrize("cursor", ["!", "AAAA", "é", "bnVsbA", "WyJzaW5jZSIsMSwxLCJ4Il0", "W" * 400, "MQ"])
def test_a_place_we_never_gave_is_refused(store: SqlStore, cursor: str) -> None:
    with pytest.raises(NotOurPlace):
        asked(store, cursor=cursor)


@pytest.mark.parametrize(
    ("sort", "place"),
    [
        (Sort.SEVERITY, r'["severity",1,3,1,"\u0000"]'),
        (Sort.SINCE, r'["since",1,1,"\ud800"]'),
        (Sort.SINCE, '["since",-62135596800000000,1,"x"]'),  # the year 1
        (Sort.SINCE, f'["since",{10**30},1,"x"]'),
        (Sort.ORDER, r'["order",1,"\u0000","x"]'),
        (Sort.ORDER, r'["order",1,"\udfff","x"]'),
    ],
)
def test_a_place_that_no_database_could_hold_is_refused(store: SqlStore, sort: Sort, place: str) -> None:
    cursor = urlsafe_b64encode(place.encode()).rstrip(b"=").decode()

    with pytest.raises(NotOurPlace):
        asked(store, sort=sort, cursor=cursor)


def test_what_somebody_has_seen_is_left_out_until_its_time_or_until_it_gets_worse(store: SqlStore) -> None:
    order = stored(store, an_order())
    shipment_id = judge_again(store, order, (PAST, 1, 0))
    said = Acknowledgement(who="ada", note="wrote to UPS", at=LATER, until_at=LATER + 24 * HOUR)
    with store.begin() as connection:
        assert acknowledgements.put(connection, shipment_id, said)

    hidden = asked(store)
    shown = asked(store, Wanted(seen_too=True))
    over = asked(store, now=LATER + 25 * HOUR)
    judge_again(
        store, replace(order, shipments=(replace(order.shipments[0], version=1),)), (CUSTOMS, 2, 3), (PAST, 1, 0)
    )
    worse = asked(store)

    assert (ids(hidden), hidden.total, dict(hidden.counts)) == ([], 0, {})
    assert [row.seen for row in shown.rows] == [said]
    assert ids(over) == ids(worse) == [shipment_id]


def test_what_was_seen_can_be_shown_again_and_what_is_well_cannot_be_put_off(store: SqlStore) -> None:
    well = stored(store, an_order()).shipments[0].id
    shipment_id = judged(store, (PAST, 1, 0))
    said = Acknowledgement(who="ada", note="", at=LATER, until_at=LATER + 24 * HOUR)
    with store.begin() as connection:
        assert not acknowledgements.put(connection, well, said)
        acknowledgements.put(connection, shipment_id, said)
        acknowledgements.put(connection, shipment_id, replace(said, note="again"))
    assert asked(store).rows == ()

    with store.begin() as connection:
        assert acknowledgements.take_back(connection, shipment_id)
        assert not acknowledgements.take_back(connection, shipment_id)

    assert ids(asked(store)) == [shipment_id]


def test_a_revoked_link_is_not_offered(store: SqlStore) -> None:
    order = stored(store, an_order())
    judge_again(store, order, (PAST, 1, 0))

    before = asked(store).rows[0].has_page
    with store.begin() as connection:
        people.revoke_links(connection, order.id, at=NOON)

    assert (before, asked(store).rows[0].has_page) == (True, False)
