"""The pages in a real browser: readable by everybody, at any width, in both schemes, asking nobody else."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM
from tests.render.brands import SOUND, TRAIL
from tests.render.mails import all_mails
from tests.web.turning import RULES
from tracker.domain.brands import Brand
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.pages import Finding, Unsubscribing
from tracker.render.renderer import STYLES, Renderer
from tracker.web.html import CSP

pytestmark = pytest.mark.browser

RENDERER = Renderer.load()
BRANDS = {brand.slug: brand for brand in (TRAIL, SOUND)}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOKED_AT = {  # under the real sheet; tests/web/test_looks_browser.py has every page under the gallery's
    "alpenglow": ("late", "unsubscribe", "mail/delayed"),
    "volta": ("in_transit", "late", "mail/shipped"),
}
PATIENCE = 120_000  # the pages come from a thread of this same process
NOT_FOR_MAILS = ("region", "landmark-one-main")  # a mail stands inside the mail program's own page


@cache
def documents(brand: Brand) -> dict[str, str]:
    """Path to HTML."""
    made = {f"/{key}": RENDERER.page(view, brand, now=NOW, locale="en-US") for key, view in all_states().items()}
    made["/gone"] = RENDERER.gone(brand)
    made["/error"] = RENDERER.error(brand)
    made["/unsubscribe"] = RENDERER.unsubscribe(brand, where=Unsubscribing.ASKED, action="/unsubscribe")
    made["/track"] = RENDERER.track(brand, outcome=Finding.ASKED, action="/track")
    made["/wrong"] = RENDERER.track(brand, outcome=Finding.NOT_FOUND, action="/track")
    made["/stopped"] = RENDERER.unsubscribe(brand, where=Unsubscribing.STOPPED, action="/unsubscribe")
    return made | {f"/mail/{key}": mail.html for key, mail in all_mails(RENDERER, brand).items()}


@dataclass(slots=True)
class Site:
    """Every page of both shops on loopback, under the policy the real site sends."""

    address: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    styles = {STYLES + name: css for css, name in map(RENDERER.stylesheet, BRANDS.values())}
    pages = {f"/{slug}{path}": html for slug, brand in BRANDS.items() for path, html in documents(brand).items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            body = styles.get(self.path) or pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/css" if self.path in styles else "text/html; charset=utf-8")
            if "/mail/" not in self.path:
                self.send_header("Content-Security-Policy", CSP.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name for it
            """Not into the test's output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Site(address=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield started
        started.close()


def opened(browser: Browser, *, scripts: bool = True) -> Page:
    """A tab of its own, as wide as a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def found_by_axe(tab: Page) -> list[str]:
    """What keeps somebody out of this page, as axe words it."""
    results = Axe().run(tab, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{tab.url}: {violation['id']} {node['html'][:90]} {node['failureSummary'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
        if "/mail/" not in tab.url or violation["id"] not in NOT_FOR_MAILS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("slug", LOOKED_AT)
def test_nothing_keeps_anybody_out(site: Site, browser: Browser, slug: str, scheme: Literal["light", "dark"]) -> None:
    tab = opened(browser)
    tab.emulate_media(color_scheme=scheme)
    barriers = []
    for name in LOOKED_AT[slug]:
        tab.goto(f"{site.address}/{slug}/{name}")
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        barriers += found_by_axe(tab)
    tab.context.close()

    assert not barriers, "\n".join(barriers)


def test_the_check_itself_sees_a_pale_word(site: Site, browser: Browser) -> None:
    tab = opened(browser)
    tab.goto(f"{site.address}/alpenglow/placed")
    tab.evaluate("document.querySelector('.story p').style.color = '#c8ccc8'")
    barriers = found_by_axe(tab)
    tab.context.close()

    assert [barrier for barrier in barriers if ": color-contrast " in barrier]


def test_nothing_is_blocked_or_asks_another_host(site: Site, browser: Browser) -> None:
    tab = opened(browser)
    complaints: list[str] = []
    hosts: set[str] = set()
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("request", lambda request: hosts.add(request.url.removeprefix(site.address).partition("/")[0]))
    every = [path for path in documents(TRAIL) if not path.startswith("/mail/")]
    for n, path in enumerate(every):
        tab.goto(f"{site.address}/{list(BRANDS)[n % 2]}{path}")
    tab.context.close()

    assert hosts == {""}, "only this site"
    assert [text for text in complaints if "favicon" not in text] == []


def test_no_mail_runs_over_the_edge_or_asks_another_host(site: Site, browser: Browser) -> None:
    tab = opened(browser)
    hosts: set[str] = set()
    too_wide = []
    tab.on("request", lambda request: hosts.add(request.url.removeprefix(site.address).partition("/")[0]))
    for slug, brand in BRANDS.items():
        for path in (path for path in documents(brand) if path.startswith("/mail/")):
            tab.goto(f"{site.address}/{slug}{path}")
            for width in (320, 900):
                tab.set_viewport_size({"width": width, "height": 800})
                if tab.evaluate("document.documentElement.scrollWidth") > width:
                    too_wide.append(f"{slug}{path} at {width}")
    tab.context.close()

    assert too_wide == []
    assert hosts == {""}, "only this site"


def test_a_page_needs_no_script(site: Site, browser: Browser) -> None:
    tab = opened(browser, scripts=False)
    tab.goto(f"{site.address}/alpenglow/three_parcels")
    tab.get_by_text("Journey: 7 entries").click()

    assert tab.get_by_text("The parcel was left in a safe place.").last.is_visible()
    tab.context.close()
