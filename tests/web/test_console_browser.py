"""The console in a real browser: readable by everybody, on a phone and on a desk, in both schemes, without a script."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM
from tests.troubles import fill
from tests.web.ops import inside
from tests.web.shop import opened as installed
from tests.web.test_page_browser import QUIET, found_by_axe, opened
from tracker.web.html import CSP

pytestmark = pytest.mark.browser

SHOWN = {
    "login": "/ops/login",
    "stuck": "/ops/stuck",
    "narrowed": "/ops/stuck?reason=customs&seen_too=true",
    "nothing": "/ops/stuck?reason=silent&brand=volta",
    "order": "/ops/orders/alpenglow/2026%2F112",
    "gone": "/ops/orders/alpenglow/none",
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Name to HTML, and the style sheet by its path."""
    home: Path = tmp_path_factory.mktemp("console")
    with installed(f"sqlite:///{home / 'wismo.sqlite3'}", home / "data") as shop:
        fill(shop.app.store, shop.clocks.shop)
        visit = inside(shop)
        pages = {f"/{name}": visit.get(path).content for name, path in SHOWN.items()}
        style = pages["/stuck"].decode().partition('rel="stylesheet" href="')[2].partition('"')[0]
        return pages | {style: visit.get(style).content}


@pytest.fixture(scope="module")
def address(documents: dict[str, bytes]) -> Iterator[str]:
    """Where the pages are, under the policy the real console sends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = documents.get(self.path, b"")
            self.send_response(200 if body else 404)
            kind = "text/css" if self.path.endswith(".css") else "text/html; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", CSP.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name for it
            """Not into the test's output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield started
        started.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(
    address: str, browser: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    tab = opened(browser)
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": width, "height": 900})
    barriers = []
    for name in SHOWN:
        tab.goto(f"{address}/{name}")
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        barriers += found_by_axe(tab)
    tab.context.close()

    assert not barriers, "\n".join(barriers)


def test_nothing_runs_over_the_edge_is_blocked_or_asks_another_host(address: str, browser: Browser) -> None:
    tab = opened(browser)
    complaints: list[str] = []
    hosts: set[str] = set()
    too_wide = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("request", lambda request: hosts.add(request.url.removeprefix(address).partition("/")[0]))
    for name in SHOWN:
        tab.goto(f"{address}/{name}")
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for width in (320, 640, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append(f"{name} at {width}")
    tab.context.close()

    assert too_wide == []
    assert hosts == {""}, "only this site"
    assert [text for text in complaints if "favicon" not in text] == []


def test_the_filter_needs_no_script(address: str, browser: Browser) -> None:
    tab = opened(browser, scripts=False)
    tab.goto(f"{address}/stuck")

    tab.get_by_text("Filter and sort").click()
    tab.locator('select[name="reason"]').select_option("customs")
    tab.locator('select[name="carrier"]').select_option("ups")
    with tab.expect_request(lambda request: "reason=customs" in request.url) as asked:
        tab.get_by_role("button", name="Show").click()

    assert "carrier=ups" in asked.value.url
    tab.context.close()
