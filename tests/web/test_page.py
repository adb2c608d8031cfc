"""The tracking page over HTTP: what it says of itself, when it costs a query, and what opening it sets in motion."""

import html
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from carriers.own_pages import tracking_page
from tests.planting import planted
from tests.web.shop import UPS, Client, Shop
from tests.web.stores import CountingStore, with_store
from tracker.store.outbox_tables import page_tokens
from tracker.store.tables import shipments
from tracker.web import page
from tracker.web.app import create_app
from tracker.web.html import CSP

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_page_shows_the_order_in_its_brand(shop: Shop) -> None:
    path = shop.page_path(shop.an_order())

    answer = shop.client.get(path)

    assert answer.status_code == 200
    assert "2026/001" in answer.text
    assert "Wool blanket" in answer.text
    assert UPS[0] in answer.text
    assert shop.app.brands[shop.brand].name in answer.text
    assert "shopper.example" not in answer.text
    assert answer.text.count("<script") == answer.text.count('<script src="/js/page.') == 1, "none of its own"


def test_a_page_can_do_nothing_but_be_read(small_shop: Shop) -> None:
    answer = small_shop.client.get(small_shop.page_path(small_shop.an_order()))

    assert answer.headers["content-security-policy"] == CSP.decode()
    assert CSP.decode().startswith("default-src 'none'")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in answer.headers


def test_hostile_words_of_a_shop_stay_words(small_shop: Shop) -> None:
    hostile = '<img src=x onerror="alert(1)"> {{7*7}}'
    order = small_shop.an_order("A<b>1", items=[{"name": hostile}])

    page = small_shop.client.get(small_shop.page_path(order)).text

    assert hostile not in page
    assert "&lt;img" in page
    assert "A<b>1" not in page
    assert "49" not in page.split("&lt;img", 1)[1][:60]


def test_a_carrier_that_was_switched_off_is_still_linked(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())
    off = Client(create_app(replace(small_shop.app, carriers={}), version="0.test"))

    page = off.get(path).text
    off.close()

    assert "We cannot ask UPS" in page
    assert f'href="{html.escape(tracking_page("ups", UPS[0]))}"' in page


def test_an_unchanged_page_is_not_sent_again(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())
    first = small_shop.client.get(path)

    again = small_shop.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    strong = small_shop.client.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"][2:]}'})
    other = small_shop.client.get(path, headers={"If-None-Match": '"other"'})

    assert [again.status_code, strong.status_code, other.status_code] == [304, 304, 200]
    assert again.content == b""
    assert again.headers["content-security-policy"] == CSP.decode()


def test_head_answers_as_get_without_the_page(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())

    got, head = small_shop.client.get(path), small_shop.client.request("HEAD", path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


def test_a_page_cannot_be_posted_to(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())

    assert small_shop.client.request("POST", path).status_code == 405


@pytest.mark.parametrize(
    "token", ["", "x", "..%2F..%2Fetc%2Fpasswd", "A" * 24, "A" * 5_000, "%00" * 24, "é" * 24, "A" * 23 + "/"]
)
def test_a_link_that_leads_nowhere_says_the_same_whatever_the_cause(small_shop: Shop, token: str) -> None:
    order = small_shop.an_order()
    path = small_shop.page_path(order)
    with small_shop.app.store.begin() as connection:
        connection.execute(update(page_tokens).values(revoked_at=small_shop.clocks.shop))

    revoked, lost = small_shop.client.get(path), small_shop.client.get(f"/t/{token}")

    assert [revoked.status_code, lost.status_code] == [404, 404]
    assert revoked.content == lost.content
    assert set(revoked.headers.items()) == set(lost.headers.items())


@dataclass(slots=True)
class Watch:
    """Machine time as this process measures it, moved by the test."""

    at: float = field(default_factory=time.monotonic)

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    with planted(page, "time", watch):
        yield watch


def test_a_revoked_link_stops_within_a_second_of_machine_time(small_shop: Shop, watch: Watch) -> None:
    path = small_shop.page_path(small_shop.an_order())
    small_shop.client.get(path)
    with small_shop.app.store.begin() as connection:
        connection.execute(update(page_tokens).values(revoked_at=small_shop.clocks.shop))

    watch.at += 1.001

    assert small_shop.client.get(path).status_code == 404


def test_a_page_that_was_just_checked_costs_no_query_at_all(shop: Shop, watch: Watch) -> None:
    path = shop.page_path(shop.an_order())
    store = CountingStore(shop.app.store)
    with with_store(shop, store) as client:
        first = client.get(path)
        client.settle()
        due = store.reads  # the page, and maybe the view it set in motion
        watch.at += 0.999
        pages = [client.get(path).content for _ in range(20)]
        client.settle()
        trusted = store.reads
        watch.at += 0.002
        client.get(path)

    assert due > 0
    assert pages == [first.content] * 20
    assert trusted == due
    assert store.reads == due + 1, "after a second the version is asked for"


def test_a_changed_order_changes_its_page(shop: Shop, watch: Watch) -> None:
    path = shop.page_path(shop.an_order())
    before = shop.client.get(path).text

    shop.call("POST", "/orders/2026%2F001/cancel")
    watch.at += 1.001

    after = shop.client.get(path).text
    assert after != before
    assert "cancelled" in after


def test_the_page_is_true_to_the_minute(small_shop: Shop) -> None:
    order = small_shop.an_order()
    path = small_shop.page_path(order)
    with small_shop.app.store.begin() as connection:
        now = small_shop.clocks.shop
        connection.execute(update(shipments).values(asked_at=now, tried_at=now, outcome="nothing_new"))
    small_shop.clocks.pass_by(12 * MINUTE)
    twelve = small_shop.client.get(path).text
    small_shop.clocks.pass_by(MINUTE)

    thirteen = small_shop.client.get(path).text

    assert "12 min" in twelve
    assert "13 min" in thirteen
