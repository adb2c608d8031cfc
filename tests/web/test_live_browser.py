"""An open page in a real browser: told of news without moving, true without scripts, there when nobody answers."""

import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config.warp import Warp
from tests.servers import PATIENCE, until
from tests.web.browsing import found_by_axe, phone
from tests.web.served import Served, serving
from tests.web.shop import UPS

pytestmark = pytest.mark.browser

FIRST_VIEW = 30_000  # bytes over the wire: page, style sheet, script
PLACE = "document.querySelector('main details[open]').getBoundingClientRect().top"
KEPT = """async () => {
  const stores = await Promise.all(["wismo-pages", "wismo-files"].map((name) => caches.open(name)));
  return (await Promise.all(stores.map((store) => store.keys()))).flat().length;
}"""
# All that the browser fetched to show the page; the stream and what is kept for later come by fetch.
FILES = """() => performance.getEntriesByType("resource").map((one) => one.name)
  .filter((name) => !new URL(name).pathname.startsWith("/t/"))"""
MOVED = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((shift) => { sum += shift.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 100);
})"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Its shop time all but stands: what is true to the minute is the same in two browsers, one after the other."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    still = Warp(shop_from=now, machine_from=now, factor=0.001)
    with serving(tmp_path_factory.mktemp("live"), WISMO_WARP=str(still)) as served:
        yield served


def a_page(served: Served, number: str, **fields: object) -> str:
    """The address of a stated order's page."""
    return served.url + served.page_of(number, **fields)


def facts(tab: Page) -> list[str]:
    """The words of the page, without its buttons for scripts."""
    words = tab.evaluate(
        "() => { const main = document.querySelector('main').cloneNode(true);"
        " main.querySelectorAll('.needs-js').forEach((one) => one.remove()); return main.textContent }"
    )
    return [" ".join(line.split()) for line in words.splitlines() if line.strip()]


def test_news_arrives_without_moving_the_page_and_is_said(served: Served, browser: Browser) -> None:
    page = a_page(served, "L-1", shipments=[])
    with phone(browser) as context, phone(browser, scripts=False) as plain:
        tab, still = context.new_page(), plain.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        tab.on("console", lambda said: complaints.append(said.text))
        tab.on("request", lambda request: asked.append(request.url))
        with tab.expect_request(re.compile("/live")):
            tab.goto(page)
        question = tab.get_by_text("The address is wrong. Can it be changed?")
        question.click()
        question.evaluate("one => one.scrollIntoView({ block: 'center' })")
        before, place = tab.locator("h1").inner_text(), tab.evaluate(PLACE)

        parcel = {"tracking_number": UPS[0]}
        served.post("/api/v1/orders/L-1/shipments", json=parcel).raise_for_status()
        expect(tab.locator("main")).to_contain_text(UPS[0])

        after = tab.locator("h1").inner_text()
        assert after != before
        assert after in (tab.locator("#live").text_content() or "")
        assert after in tab.title()
        assert tab.evaluate(PLACE) == pytest.approx(place, abs=1)
        assert tab.locator("main details[open]").count() == 1
        assert found_by_axe(tab) == []
        still.goto(page)
        assert facts(still) == facts(tab)
        assert complaints == []
        assert {url.split("/", 3)[2] for url in asked} == {f"127.0.0.1:{served.port}"}
        assert context.cookies() == []


def test_the_first_view_is_small_and_asks_nobody_else(served: Served, browser: Browser) -> None:
    page = a_page(served, "L-2", items=[{"sku": "TENT-2", "name": "A tent"}, {"sku": "W-1", "name": "A blanket"}])
    with phone(browser) as context:
        tab = context.new_page()
        line = context.new_cdp_session(tab)
        line.send("Network.enable")
        urls: dict[str, str] = {}
        sizes: dict[str, float] = {}
        line.on("Network.responseReceived", lambda got: urls.update({got["requestId"]: got["response"]["url"]}))
        line.on("Network.loadingFinished", lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}))

        tab.goto(page, wait_until="load")
        picture = tab.locator(".items img")
        picture.scroll_into_view_if_needed()
        until(lambda: picture.evaluate("one => one.naturalWidth") > 0, what="the picture of the item to be there")
        shown = {url for url in tab.evaluate(FILES) if "/pictures/" in url}
        view = {page, *tab.evaluate(FILES)} - shown
        until(lambda: tab.title() and view <= {urls[each] for each in sizes}, what="all files to be there")

        assert (len(view), len(shown)) == (3, 1)
        assert {url.split("/", 3)[2] for url in urls.values()} == {f"127.0.0.1:{served.port}"}
        assert sum(size for each, size in sizes.items() if urls[each] in view) <= FIRST_VIEW
        assert tab.evaluate(MOVED) == 0
        assert context.cookies() == []


def test_the_last_state_is_shown_with_its_age_when_nobody_answers(tmp_path: Path, browser: Browser) -> None:
    with serving(tmp_path) as served, phone(browser) as context:
        page = a_page(served, "L-3")
        tab = context.new_page()
        tab.goto(page)
        until(lambda: tab.evaluate(KEPT) == 3, what="the page, its styles and its script to be kept")
        headline, note = tab.locator("h1").inner_text(), tab.locator("#offline")
        expect(note).to_be_hidden()

        served.process.send_signal(signal.SIGTERM)
        served.process.wait(PATIENCE.total_seconds())
        tab.reload()

        assert tab.locator("h1").inner_text() == headline
        known_at = datetime.fromtimestamp(int(tab.evaluate("document.documentElement.dataset.stored")) / 1000, UTC)
        for hours, words in ((0, "this minute"), (3, "3 hours"), (33, "yesterday|2 days ago"), (81, "[34] days")):
            tab.clock.set_fixed_time(known_at + timedelta(hours=hours, seconds=5))
            tab.reload()
            expect(note).to_have_text(re.compile(rf"No connection right now\. This is what we knew at .*({words}).*\."))
