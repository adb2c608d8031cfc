"""Who guesses at the look-up learns nothing: not from the answer, not from its time, and soon gets no answer at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from threading import Event
from typing import Any

import pytest

from notifiers.message import Channel
from tests.planting import planted
from tests.web.guessing import KNOWN, Pauses, all_of, ask, deviations, pairs_of, with_pauses
from tests.web.shop import Shop, opened
from tracker.domain.notices import Notice
from tracker.domain.orders import Order
from tracker.pipeline import lookup as finding_out
from tracker.pipeline.ports import Quota
from tracker.store import throttles
from tracker.store.outbox_tables import notifications
from tracker.store.tables import orders
from tracker.web import edge, lookup, resend
from tracker.web.app import create_app

ADA: dict[str, Any] = {"recipients": [{"name": "Ada Nord", "email": "ada@shopper.example", "phone": "+47 22 86 40 00"}]}
PAIRS = 5_000
DEVIATIONS = 4.5  # of a fair coin: a difference that is none is taken for one in seven of a million runs


@pytest.fixture(scope="module")
def crowded_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One installation with some orders."""
    folder: Path = tmp_path_factory.mktemp("lookup")
    with opened(f"sqlite:///{folder}/wismo.sqlite3", folder / "data") as shop:
        for n in range(KNOWN):
            shop.an_order(f"2026/{n:03}", **ADA)
        yield shop


class Silent:
    """Ten thousand lines would take longer to print than to cause."""

    def info(self, event: str, **fields: object) -> None:
        """Not a word."""


@contextmanager
def nobody_is_throttled() -> Iterator[None]:
    """The counting is the same whatever was typed, so is the log: here only what differs is looked at."""
    with planted(throttles, "wait_before", lambda *_, **__: None), planted(edge, "log", Silent()):
        yield


def test_wrong_and_unknown_cannot_be_told_apart(crowded_shop: Shop) -> None:
    app, pauses = create_app(crowded_shop.app, version="0.test"), Pauses()

    with nobody_is_throttled(), planted(lookup, "sleep", pauses):
        wrong, unknown = with_pauses(*pairs_of(app, "/track", pairs=PAIRS, in_flight=1), pauses)

    assert {each.status for each in wrong} == {404}
    assert len({each.seen for each in (*wrong, *unknown)}) == 1
    assert median(pauses.noted) > lookup.REFUSED_AFTER / 2, "the work must be well within the pause"
    assert min(each.took for each in (*wrong, *unknown)) >= lookup.REFUSED_AFTER
    assert deviations(wrong, unknown) < DEVIATIONS, f"{deviations(wrong, unknown):.1f}"


def test_the_pause_is_waited_for(crowded_shop: Shop) -> None:
    app = create_app(crowded_shop.app, version="0.test")

    with nobody_is_throttled():
        refused = [each for part in pairs_of(app, "/track", pairs=8, in_flight=8) for each in part]
        sent = [each for part in pairs_of(app, "/track/link", pairs=8, in_flight=8) for each in part]

    assert min(each.took for each in (*refused, *sent)) >= lookup.REFUSED_AFTER


def test_a_difference_that_no_pause_covers_is_seen(crowded_shop: Shop) -> None:
    app, whose = create_app(crowded_shop.app, version="0.test"), finding_out.whose

    def slowly(orders: Sequence[Order], typed: finding_out.Typed) -> Order | None:
        if orders:
            Event().wait(0.01)
        return whose(orders, typed)

    with nobody_is_throttled(), planted(lookup, "sleep", Pauses()), planted(finding_out, "whose", slowly):
        wrong, unknown = pairs_of(app, "/track", pairs=60, in_flight=1)

    assert deviations(wrong, unknown) > DEVIATIONS


def test_asking_for_the_link_says_the_same_at_the_same_time(crowded_shop: Shop) -> None:
    app, pauses = create_app(crowded_shop.app, version="0.test"), Pauses()

    with nobody_is_throttled(), planted(lookup, "sleep", pauses):
        known, unknown = with_pauses(*pairs_of(app, "/track/link", pairs=300, in_flight=1), pauses)

    assert {each.status for each in known} == {303}
    assert len({each.seen for each in (*known, *unknown)}) == 1
    assert min(each.took for each in (*known, *unknown)) >= lookup.REFUSED_AFTER
    assert deviations(known, unknown) < DEVIATIONS, f"{deviations(known, unknown):.1f}"


def test_a_thousand_addresses_on_one_order_stop_at_the_set_number(crowded_shop: Shop) -> None:
    path = crowded_shop.page_path(crowded_shop.an_order("2026/900", **ADA))
    app = create_app(crowded_shop.app, version="0.test")

    with planted(lookup, "sleep", Pauses()):
        answers = all_of(
            [
                ask(
                    app,
                    "/track",
                    {"number": "2026/900" if n % 2 else "#2026-900", "proof": f"{1000 + n}"},
                    peer=f"203.{n // 250}.{n % 250}.7",
                )
                for n in range(1_000)
            ],
            in_flight=8,
        )

    assert [each.status for each in answers].count(404) == lookup.TRIES_OF_NUMBER[0].limit
    assert [each.status for each in answers].count(429) == 1_000 - lookup.TRIES_OF_NUMBER[0].limit
    assert crowded_shop.client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("peers", "limit"),
    [(["192.0.2.7"], lookup.TRIES_OF_ADDRESS), ([f"198.18.7.{n}" for n in range(200)], lookup.TRIES_OF_NETWORK)],
    ids=["one address", "one network"],
)
def test_one_guesser_on_a_thousand_orders_stops_at_the_set_number(
    crowded_shop: Shop, peers: list[str], limit: tuple[Quota, ...]
) -> None:
    app = create_app(crowded_shop.app, version="0.test")

    with planted(lookup, "sleep", Pauses()):
        asked = [
            ask(app, "/track", {"number": f"2028/{n:04}", "proof": "5013"}, peer=peers[n % len(peers)])
            for n in range(1_000)
        ]
        answers = all_of(asked, in_flight=8)

    assert [each.status for each in answers].count(404) == limit[0].limit
    assert {each.status for each in answers} == {404, 429}


def test_a_lost_link_goes_only_to_the_address_on_file_and_seldom(crowded_shop: Shop) -> None:
    shop = crowded_shop
    shop.an_order("2026/901", **ADA)
    shop.an_order("2026/902", recipients=[{"name": "Eve", "email": "eve@shopper.example"}])
    app = create_app(shop.app, version="0.test")

    with planted(lookup, "sleep", Pauses()):
        for n in range(5):
            all_of(
                [ask(app, "/track/link", {"number": "2026/901"}, peer=f"203.0.113.{each}") for each in range(n, n + 2)],
                in_flight=1,
            )
            shop.clocks.pass_by(timedelta(minutes=61))

    with shop.app.store.read() as snapshot:
        found = snapshot.connection.execute(
            notifications.select()
            .join(orders, orders.c.id == notifications.c.order_id)
            .where(notifications.c.notice == Notice.LINK, orders.c.number.in_(["2026/901", "2026/902"]))
        ).all()
    assert len(found) == resend.MAILS[1].limit
    assert {row.channel for row in found} == {Channel.EMAIL}
    assert len({row.recipient_id for row in found}) == 1


def test_who_opted_out_is_not_sent_the_link_either(crowded_shop: Shop) -> None:
    shop = crowded_shop
    page = shop.page_path(
        shop.an_order("2026/903", recipients=[{"name": "Bo", "email": "bo@shopper.example", "locale": "en"}])
    )
    shop.client.request("POST", f"{page}/messages", data={"act": "stop"})

    with planted(lookup, "sleep", Pauses()):
        all_of(
            [ask(create_app(shop.app, version="0.test"), "/track/link", {"number": "2026/903"}, peer="203.0.113.99")],
            in_flight=1,
        )

    with shop.app.store.read() as snapshot:
        asked = notifications.select().join(orders, orders.c.id == notifications.c.order_id)
        letters = asked.where(orders.c.number == "2026/903", notifications.c.notice == Notice.LINK)
        assert snapshot.connection.execute(letters).all() == []
