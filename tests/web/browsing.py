"""A browser on pages of our own: who serves them, who opens them, and what keeps somebody out of them."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import CHROMIUM
from tests.servers import PATIENCE
from tracker.domain.brands import Brand
from tracker.render.pictures import ADDRESS
from tracker.render.renderer import Renderer
from tracker.web.html import CSP

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MILLISECONDS = PATIENCE.total_seconds() * 1000  # the pages come from a thread of this same process
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOT_FOR_MAILS = ("region", "landmark-one-main")  # a mail stands inside the mail program's own page
UNFOLD = 'document.querySelectorAll("details").forEach((one) => { one.open = true })'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One file of a site, under the policy that the real site sends."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    policy: str = CSP.decode()


@contextmanager
def site(answer: Callable[[str], Shown | None]) -> Iterator[str]:
    """The address of a site on loopback that shows what `answer` makes of a path with its query."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answer(self.path)
            shown = found or Shown(body=b"", kind="text/plain")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", shown.kind)
            if shown.policy:
                self.send_header("Content-Security-Policy", shown.policy)
            self.send_header("Content-Length", str(len(shown.body)))
            with suppress(ConnectionError):  # the tab may have left before
                self.end_headers()
                self.wfile.write(shown.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name for it
            """Not into the test's output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def picture(renderer: Renderer, brands: Iterable[Brand], path: str) -> Shown | None:
    """What a page shows of goods, as the site itself answers; None for any other path."""
    slug, _, name = path.removeprefix(ADDRESS).partition("/")
    brand = next((each for each in brands if each.slug == slug and path.startswith(ADDRESS)), None)
    found = renderer.album(brand).files.get(name) if brand else None
    body = found.read() if found else None
    return Shown(body=body, kind=found.media_type) if found and body is not None else None


@contextmanager
def started() -> Iterator[Browser]:
    """Debian's Chromium, asking nobody for anything by itself."""
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET, timeout=MILLISECONDS)
        yield browser
        browser.close()


def phone(browser: Browser, *, scripts: bool = True, **more: Any) -> BrowserContext:
    """A visitor of their own, on a phone unless `more` says otherwise."""
    usual: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "en-US"}
    context = browser.new_context(**usual | {"java_script_enabled": scripts} | more)
    context.set_default_timeout(MILLISECONDS)
    return context


def opened(browser: Browser, *, scripts: bool = True) -> Page:
    """A tab of its own, as wide as a phone."""
    return phone(browser, scripts=scripts).new_page()


def found_by_axe(tab: Page) -> list[str]:
    """What keeps somebody out of this page, as axe words it."""
    results = Axe().run(tab, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{tab.url}: {violation['id']} {node['html'][:90]} {node['failureSummary'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
        if "/mail/" not in tab.url or violation["id"] not in NOT_FOR_MAILS
    ]
