"""Ratings add up per carrier and lane, one for each reader of an order."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from carriers.events import Milestone
from tests.store.builders import NOON, a_notification, a_recipient, a_scan, an_order, stored
from tests.store.desk import claim, told
from tracker.domain.orders import Order
from tracker.domain.ratings import Lane, LaneRating, lane
from tracker.store import people, ratings
from tracker.store.help_tables import ratings as table
from tracker.store.ratings import Given, Rater, rater
from tracker.store.unit import SqlStore

DAY = timedelta(days=1)
TO_LYON = Lane(carrier="ups", service="Ground", from_country="DE", to_country="FR")


def rate(
    store: SqlStore, order: Order, who: str, score: int, comment: str = "", *, at: datetime = NOON, on: Lane = TO_LYON
) -> None:
    whose = Rater(order_id=order.id, reader_id=who)
    ratings.put(store, whose, Given(score=score, comment=comment), brand=order.brand, lane=on, at=at)


def lanes(store: SqlStore, *, brand: str = "") -> list[LaneRating]:
    with store.read() as snapshot:
        return list(ratings.by_lane(snapshot, since=NOON - 90 * DAY, brand=brand))


def test_a_lane_has_count_mean_and_promoters_less_detractors(store: SqlStore) -> None:
    order = stored(store, an_order())
    for n, score in enumerate((10, 9, 8, 3)):
        rate(store, order, f"reader {n}", score)
    rate(store, order, "reader 9", 0, on=replace(TO_LYON, carrier="dhl"))

    most, other = lanes(store)

    assert (most.lane, most.n, most.mean, most.nps) == (TO_LYON, 4, 7.5, 25)
    assert (other.lane.carrier, other.n, other.nps) == ("dhl", 1, -100)


def test_a_readers_second_rating_takes_the_first_ones_place(store: SqlStore) -> None:
    order = stored(store, an_order())
    rate(store, order, "reader", 2, "Late.")
    rate(store, order, "reader", 9, "It came after all.")

    (only,) = lanes(store)

    assert (only.n, only.mean) == (1, 9.0)
    assert [each.text for each in only.remarks] == ["It came after all."]
    with store.read() as snapshot:
        found = [ratings.given_by(snapshot, Rater(order_id=order.id, reader_id=who)) for who in ("reader", "another")]
    assert found == [Given(score=9, comment="It came after all."), None]


def test_the_newest_remarks_are_shown_and_lie_sealed(store: SqlStore) -> None:
    order = stored(store, an_order())
    for n in range(5):
        rate(store, order, f"reader {n}", n, f"remark {n}", at=NOON + n * DAY)

    (only,) = lanes(store)

    assert [each.text for each in only.remarks] == ["remark 4", "remark 3", "remark 2"]
    with store.read() as snapshot:
        sealed = snapshot.connection.execute(select(table.c.sealed)).scalars().all()
    assert not any(b"remark" in each for each in sealed)


def test_only_the_brand_and_the_time_that_were_asked_for_count(store: SqlStore) -> None:
    rate(store, stored(store, an_order(brand="northwind")), "a", 9)
    rate(store, stored(store, an_order(brand="southwind")), "b", 9)
    rate(store, stored(store, an_order(brand="northwind")), "c", 9, at=NOON - 91 * DAY)

    assert [each.n for each in lanes(store, brand="northwind")] == [1]
    assert [each.n for each in lanes(store)] == [2]


def test_a_comment_is_forgotten_with_its_writer_and_the_score_stays(store: SqlStore) -> None:
    order = stored(store, an_order())
    rate(store, order, "reader", 4, "I live at 5 Hill Road.")

    with store.begin() as connection:
        people.erase(connection, order.id, at=NOON)

    (only,) = lanes(store)
    assert (only.n, only.remarks) == (1, ())


def test_a_lane_runs_from_the_first_place_to_the_orders_own() -> None:
    order = an_order()
    scans = [a_scan(Milestone.DELIVERED, minute=9), a_scan(minute=1)]

    found = lane(order, order.shipments[0], scans)

    assert (found.carrier, found.from_country, found.to_country) == ("ups", "FR", "FR")


def test_whichever_link_a_reader_uses_they_are_the_same_rater(store: SqlStore) -> None:
    ada, bo = a_recipient(), a_recipient("bo@example.com", "Bo")
    order = stored(store, replace(an_order(), recipients=(ada, bo)))
    notes = [replace(a_notification(order), recipient_id=who.id, dedupe_key=who.id) for who in (ada, bo)]
    told(store, *notes)
    sent = claim(store)
    for each in sent:
        store.outbox.links(each, now=NOON)

    with store.read() as snapshot:
        of_mail = {each.recipient.id: rater(snapshot, store.vault.page_token(each.id)) for each in sent}
        of_order = rater(snapshot, store.vault.page_token(order.id))

    assert {who: whose.reader_id for who, whose in of_mail.items()} == {ada.id: ada.id, bo.id: bo.id}
    assert of_order == of_mail[ada.id], "nobody was sent it: it is the first one's"
