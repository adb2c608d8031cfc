"""The console in a real browser: readable by everybody, on a phone and on a desk, in both schemes, without a script."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser

from tests.troubles import fill
from tests.web.browsing import UNFOLD, Shown, found_by_axe, opened, site
from tests.web.ops import inside
from tests.web.shop import opened as installed

pytestmark = pytest.mark.browser

LOADED = re.compile(r'(?:rel="stylesheet" href|src)="(/[^"]+)"')
SHOWN = {
    "login": "/ops/login",
    "stuck": "/ops/stuck",
    "narrowed": "/ops/stuck?reason=customs&seen_too=true",
    "nothing": "/ops/stuck?reason=silent&brand=volta",
    "order": "/ops/orders/alpenglow/2026%2F112",
    "gone": "/ops/orders/alpenglow/none",
    "gallery": "/ops/gallery?state=delivered+and",
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shown]:
    """By name, as the console answers; what they load by its address."""
    home: Path = tmp_path_factory.mktemp("console")
    with installed(f"sqlite:///{home / 'wismo.sqlite3'}", home / "data") as shop:
        fill(shop.app.store, shop.clocks.shop)
        visit = inside(shop)
        found = {f"/{name}": _answered(visit.get(path)) for name, path in SHOWN.items()}
        waiting = list(found.values())
        while waiting:
            for address in map(unescape, LOADED.findall(waiting.pop().body.decode())):
                if address not in found:
                    found[address] = _answered(visit.get(address))
                    waiting.append(found[address])
        return found


def _answered(answer: httpx.Response) -> Shown:
    headers = answer.headers
    return Shown(body=answer.content, kind=headers["content-type"], policy=headers["content-security-policy"])


@pytest.fixture(scope="module")
def address(documents: dict[str, Shown]) -> Iterator[str]:
    """Where the pages are, each under its own policy."""
    with site(documents.get) as found:
        yield found


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
        tab.evaluate(UNFOLD)
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
        tab.evaluate(UNFOLD)
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
