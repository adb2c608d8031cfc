"""What opening a page sets in motion, and how rendered pages are kept."""

from datetime import timedelta

from sqlalchemy import select, update

from tests.servers import until
from tests.web.shop import NOON, Shop
from tests.web.stores import AwayStore, due_later, watched, with_store
from tracker.domain.shipments import OrderId
from tracker.store.tables import orders, shipments
from tracker.web import pagecache
from tracker.web.html import CSP
from tracker.web.pagecache import CachedPage, PageCache, Readers, Reading

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FREE = pagecache.TRUSTED_FOR


def test_opening_a_page_brings_the_next_look_forward(shop: Shop) -> None:
    path = shop.page_path(shop.an_order())
    due_later(shop)
    shop.clocks.pass_by(HOUR)

    shop.client.get(path)

    until(lambda: watched(shop) == [True])
    with shop.app.store.read() as snapshot:
        (row,) = snapshot.connection.execute(select(shipments))
    assert row.next_look_at < shop.clocks.shop + 5 * HOUR


def test_what_nobody_looks_at_moves_nothing(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())
    due_later(small_shop)
    small_shop.clocks.pass_by(HOUR)

    small_shop.client.request("HEAD", path)
    small_shop.client.get(path, headers={"Sec-Purpose": "prefetch;prerender"})
    small_shop.client.get("/t/" + "A" * 24)
    small_shop.client.settle()

    assert watched(small_shop) == [False]


def test_a_reload_is_no_new_view(shop: Shop) -> None:
    path = shop.page_path(shop.an_order())
    due_later(shop)
    shop.clocks.pass_by(HOUR)
    shop.client.get(path)
    until(lambda: watched(shop) == [True])
    with shop.app.store.begin() as connection:
        connection.execute(update(shipments).values(watched_at=None))

    for _ in range(5):
        shop.client.get(path)
    shop.client.settle()

    assert watched(shop) == [False]


def test_without_a_database_the_page_says_so_and_when_to_come_back(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())

    with with_store(small_shop, AwayStore(small_shop.app.store)) as client:
        answer = client.get(path)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-security-policy"] == CSP.decode()


def test_a_page_of_an_erased_order_is_gone(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())
    with small_shop.app.store.begin() as connection:
        connection.execute(orders.delete())

    assert small_shop.client.get(path).status_code == 404


EN, ANYBODY = Reading("en", ""), Readers(linked="en", usual="en")


def a_page(body: bytes = b"x" * 100) -> CachedPage:
    return CachedPage(
        order_id=OrderId("o"),
        version=1,
        minute=NOON,
        bodies={"": body},
        etag=b'W/"e"',
        checked=0.0,
    )


def test_the_cache_keeps_within_its_bounds_and_drops_what_was_not_asked_for() -> None:
    cache = PageCache(most_bytes=1_000)
    for n in range(10):
        cache.put(f"t{n}", EN, a_page(), readers=ANYBODY)
    cache.get("t0", EN)
    cache.put("new", EN, a_page(), readers=ANYBODY)

    assert len(cache) == 10
    assert cache.get("t0", EN) is not None
    assert cache.get("t1", EN) is None


def test_a_page_is_fresh_for_a_moment_and_its_minute_only() -> None:
    cache = PageCache()
    cache.put("t", EN, a_page(), readers=ANYBODY)

    assert cache.fresh("t", EN, minute=NOON, monotonic=0.5) is not None
    assert cache.fresh("t", EN, minute=NOON + MINUTE, monotonic=0.5) is None
    assert cache.fresh("t", EN, minute=NOON, monotonic=1.5) is None


def test_style_sheets_are_kept_for_ever_under_a_name_of_their_bytes(small_shop: Shop) -> None:
    page = small_shop.client.get(small_shop.page_path(small_shop.an_order())).text
    path = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]

    css, lost = small_shop.client.get(path), small_shop.client.get(path.replace(".css", "0.css"))

    assert css.status_code == 200
    assert css.headers["content-type"].startswith("text/css")
    assert "immutable" in css.headers["cache-control"]
    assert lost.status_code == 404


def test_the_front_door_names_no_shop(small_shop: Shop) -> None:
    answer = small_shop.client.get("/")

    assert answer.status_code == 200
    assert not any(brand.name in answer.text for brand in small_shop.app.brands.values())
    assert "Disallow: /" in small_shop.client.get("/robots.txt").text
