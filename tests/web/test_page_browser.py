"""The pages in a real browser: readable by everybody, at any width, in both schemes, asking nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.render.brands import SOUND, TRAIL
from tests.render.mails import all_mails
from tests.web.browsing import UNFOLD, Shown, found_by_axe, opened, picture, site
from tracker.domain.brands import Brand
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.pages import Finding, Unsubscribing
from tracker.render.renderer import STYLES, Renderer

pytestmark = pytest.mark.browser

RENDERER = Renderer.load()
BRANDS = {brand.slug: brand for brand in (TRAIL, SOUND)}
LOOKED_AT = {  # under the real sheet; tests/web/test_looks_browser.py has every page under the gallery's
    "alpenglow": ("late", "unsubscribe", "mail/delayed"),
    "volta": ("in_transit", "late", "mail/shipped"),
}


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


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where every page of both shops is."""
    styles = {STYLES + name: css for css, name in map(RENDERER.stylesheet, BRANDS.values())}
    pages = {f"/{slug}{path}": html for slug, brand in BRANDS.items() for path, html in documents(brand).items()}

    def answer(path: str) -> Shown | None:
        if path in styles:
            return Shown(body=styles[path], kind="text/css")
        shown = Shown(body=pages[path].encode()) if path in pages else picture(RENDERER, BRANDS.values(), path)
        return replace(shown, policy="") if shown and "/mail/" in path else shown

    with site(answer) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("slug", LOOKED_AT)
def test_nothing_keeps_anybody_out(address: str, browser: Browser, slug: str, scheme: Literal["light", "dark"]) -> None:
    tab = opened(browser)
    tab.emulate_media(color_scheme=scheme)
    barriers = []
    for name in LOOKED_AT[slug]:
        tab.goto(f"{address}/{slug}/{name}")
        tab.evaluate(UNFOLD)
        barriers += found_by_axe(tab)
    tab.context.close()

    assert not barriers, "\n".join(barriers)


def test_the_check_itself_sees_a_pale_word(address: str, browser: Browser) -> None:
    tab = opened(browser)
    tab.goto(f"{address}/alpenglow/placed")
    tab.evaluate("document.querySelector('.story p').style.color = '#c8ccc8'")
    barriers = found_by_axe(tab)
    tab.context.close()

    assert [barrier for barrier in barriers if ": color-contrast " in barrier]


def test_nothing_is_blocked_or_asks_another_host(address: str, browser: Browser) -> None:
    tab = opened(browser)
    complaints: list[str] = []
    hosts: set[str] = set()
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("request", lambda request: hosts.add(request.url.removeprefix(address).partition("/")[0]))
    every = [path for path in documents(TRAIL) if not path.startswith("/mail/")]
    for n, path in enumerate(every):
        tab.goto(f"{address}/{list(BRANDS)[n % 2]}{path}")
    tab.context.close()

    assert hosts == {""}, "only this site"
    assert [text for text in complaints if "favicon" not in text] == []


def test_no_mail_runs_over_the_edge_or_asks_another_host(address: str, browser: Browser) -> None:
    tab = opened(browser)
    hosts: set[str] = set()
    too_wide = []
    tab.on("request", lambda request: hosts.add(request.url.removeprefix(address).partition("/")[0]))
    for slug, brand in BRANDS.items():
        for path in (path for path in documents(brand) if path.startswith("/mail/")):
            tab.goto(f"{address}/{slug}{path}")
            for width in (320, 900):
                tab.set_viewport_size({"width": width, "height": 800})
                if tab.evaluate("document.documentElement.scrollWidth") > width:
                    too_wide.append(f"{slug}{path} at {width}")
    tab.context.close()

    assert too_wide == []
    assert hosts == {""}, "only this site"


def test_a_page_needs_no_script(address: str, browser: Browser) -> None:
    tab = opened(browser, scripts=False)
    tab.goto(f"{address}/alpenglow/three_parcels")
    tab.get_by_text("Journey: 7 entries").click()

    assert tab.get_by_text("The parcel was left in a safe place.").last.is_visible()
    tab.context.close()
