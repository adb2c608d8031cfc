"""Every look of the page in a browser: brands, schemes, widths, languages, directions, large type, paper."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import cycle
from random import Random
from typing import Any, Literal, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM
from tests.planting import planted
from tests.web.gallery_site import BRANDS, faults, showing
from tests.web.test_page_browser import QUIET, RULES
from tracker.render import pages
from tracker.render.gallery import shown
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.shown import Scheme
from tracker.render.gallery.states import all_states
from tracker.render.renderer import Renderer

pytestmark = pytest.mark.browser

RENDERER = Renderer.load()
KNOWN = [each.tag for each in RENDERER.languages.listed]
LAYOUTS = (  # each arranges the page differently; the other states fill the same places with other words
    "placed",
    "cancelled",
    "not_known_yet",
    "in_transit_range",
    "moved",
    "handed_over",
    "correction",
    "down",
    "late",
    "customs",
    "ready_for_pickup",
    "delivered",
    "lost",
    "three_parcels",
    "gone",
    "track_not_found",
)
SHOPS = ("alpenglow", "volta")
WIDTHS = (320, 390, 768, 1280)
AXE_LOOKS_AT = 60
MOST = 300


class Look(NamedTuple):
    """One page as one reader has it."""

    name: str
    lang: str
    brand: str
    scheme: str
    width: int
    direction: str

    def address(self, site: str) -> str:
        return f"{site}/{self.brand}/{self.name}?lang={self.lang}&scheme={self.scheme}&dir={self.direction}"


def looks() -> list[Look]:
    """Each layout in each language, each state in English; the rest turns at different speeds, so that pairs meet."""
    pairs = [(name, lang) for lang in KNOWN for name in LAYOUTS]
    rest = [(name, "en") for name in shown.names(BRANDS["volta"]) if name not in LAYOUTS]
    chosen = [*pairs, *rest][:MOST]
    brands, schemes, widths = (
        cycle((*SHOPS, *reversed(SHOPS))),
        cycle(("light", "light", "dark", "dark", "dark")),
        cycle(WIDTHS),
    )
    turned = cycle(("ltr", "ltr", "rtl"))
    return [Look(*pair, next(brands), next(schemes), next(widths), next(turned)) for pair in chosen]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with showing(RENDERER, more=lambda name: _stretched(*name.split("/"))) as address:
        yield address


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, service_workers="block", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def test_every_look_fits_and_keeps_nobody_out(site: str, tab: Page) -> None:
    chosen = looks()
    by_axe = set(Random(4).sample(range(len(chosen)), min(AXE_LOOKS_AT, len(chosen))))
    wrong: list[str] = []
    for n, look in enumerate(chosen):
        tab.set_viewport_size({"width": look.width, "height": 844})
        tab.goto(look.address(site))
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wrong += [f"{look.width}: {each}" for each in faults(tab)]
        if n in by_axe:
            wrong += barriers(tab)

    assert wrong == [], "\n".join(wrong[:40])
    assert {(look.name, look.lang) for look in chosen} >= {(name, lang) for name in LAYOUTS for lang in KNOWN}
    assert {(look.scheme, look.direction, look.brand) for look in (chosen[n] for n in by_axe)} >= {
        (scheme, direction, brand) for scheme in Scheme for direction in ("ltr", "rtl") for brand in SHOPS
    }


def barriers(tab: Page) -> list[str]:
    """What axe finds."""
    found = Axe().run(tab, options={"runOnly": RULES}).response["violations"]
    return [f"{tab.url}: {each['id']} {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("fault", ["white-space: nowrap; width: 500px", "position: relative; left: 60px"])
def test_the_measure_sees_what_does_not_fit(site: str, tab: Page, fault: str) -> None:
    tab.goto(f"{site}/alpenglow/lost")
    assert faults(tab) == []

    tab.evaluate("style => { document.querySelector('.do .button').style.cssText = style }", fault)

    assert faults(tab) != []


def test_the_longest_words_of_each_language_fit_a_small_phone(site: str, tab: Page) -> None:
    tab.set_viewport_size({"width": 320, "height": 844})
    wrong = []
    for n, lang in enumerate(KNOWN):
        tab.goto(f"{site}/more/{SHOPS[n % 2]}/{lang}")
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wrong += faults(tab)

    assert wrong == [], "\n".join(wrong[:40])


NOT_WORDS = {
    "iso",
    "number",
    "path",
    "url",
    "page_url",
    "drawing",
    "tools",
    "asked_language",
    "carrier",
    "tracking_number",
}


def _stretched(brand: str, lang: str) -> str:
    """A page in each of whose places stands the longest that may stand there in this language."""
    views, language = all_states().values(), RENDERER.languages.choose(lang, "en")
    made = [pages.in_words(replace(view, path="/t/x"), BRANDS[brand], language=language, now=NOW) for view in views]
    longest: dict[str, str] = {}
    for page in made:
        _gather(page, "", longest)
    richest = max(made, key=lambda page: (page.mood == "waiting" and page.sketch is not None, len(page.parcels)))
    stretched = _filled(richest, "", longest)
    with planted(pages, "in_words", lambda *_, **__: stretched):
        view = all_states()["three_parcels"]
        html = RENDERER.page(replace(view, path="/t/x"), BRANDS[brand], now=NOW, locale=lang)
    real = RENDERER.stylesheet(BRANDS[brand])[1]
    return html.replace(f"/css/{real}", f"{shown.STYLES}{brand}.light.css")


def _gather(value: Any, place: str, longest: dict[str, str]) -> None:
    """The longest text of each place; lists share one."""
    if type(value) is str:
        longest[place] = max(longest.get(place, ""), value, key=len)
    elif isinstance(value, tuple):
        for each in value:
            _gather(each, place, longest)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in NOT_WORDS:
                _gather(getattr(value, field.name), f"{place}.{field.name}", longest)


def _filled(value: Any, place: str, longest: dict[str, str]) -> Any:
    if type(value) is str:
        return longest.get(place, value)
    if isinstance(value, tuple):
        return tuple(_filled(each, place, longest) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.name not in NOT_WORDS]
        return replace(value, **{name: _filled(getattr(value, name), f"{place}.{name}", longest) for name in names})
    return value


FIRST = (".name", ".eyebrow", "h1", ".hero .fresh", ".advice h2 + p", ".do .button")
BELOW_844 = """parts => parts.flatMap(part => [...document.querySelectorAll(part)]
  .filter(one => one.getBoundingClientRect().bottom > 844)
  .map(one => `${part} ends at ${one.getBoundingClientRect().bottom}`))"""


@pytest.mark.parametrize("brand", SHOPS)
def test_the_first_screen_of_a_phone_answers(site: str, tab: Page, brand: str) -> None:
    """Shop, number, answer, freshness and the first thing to do, without scrolling."""
    below: list[str] = []
    for name in list(all_states())[SHOPS.index(brand) :: 2]:
        tab.goto(f"{site}/{brand}/{name}")
        below += [f"{name}: {each}" for each in tab.evaluate(BELOW_844, FIRST)]

    assert below == []


def test_type_of_twice_the_size_fits_a_phone(site: str, tab: Page) -> None:
    wrong = []
    for n, name in enumerate(LAYOUTS):
        tab.set_viewport_size({"width": (390, 640)[n % 2], "height": 844})
        tab.goto(f"{site}/{SHOPS[n // 2 % 2]}/{name}")
        tab.evaluate("document.documentElement.style.fontSize = '200%'")
        wrong += faults(tab)

    assert wrong == [], "\n".join(wrong[:40])


def test_a_keyboard_opens_questions_and_rates(site: str, tab: Page) -> None:
    tab.goto(f"{site}/volta/delivered")
    question = tab.locator(".faq summary").first
    question.focus()
    tab.keyboard.press("Enter")
    tab.locator(".scores input").first.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")

    assert tab.locator(".faq .answer").first.is_visible()
    assert tab.locator(".scores input:checked").get_attribute("value") in {"1", "2"}
    assert tab.evaluate("getComputedStyle(document.querySelector('.scores :checked + span')).outlineStyle") == "solid"


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_who_asks_for_calm(
    site: str, tab: Page, wish: Literal["reduce", "no-preference"], moves: bool
) -> None:
    tab.emulate_media(reduced_motion=wish)
    tab.goto(f"{site}/alpenglow/delivered")
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert bool(tab.evaluate("document.getAnimations().length")) is moves


def test_a_screen_reader_hears_the_answer_first_and_names_for_all_else(site: str, tab: Page) -> None:
    tab.goto(f"{site}/alpenglow/ready_for_pickup")

    heard = tab.locator("body").aria_snapshot()
    headings = tab.locator("main :is(h1, h2, h3)").evaluate_all("all => all.map(one => one.tagName)")
    nameless = tab.locator("a, button, input, summary, [role=img], section, figure svg").evaluate_all(
        """all => all.filter(one => one.type !== "hidden" && !one.textContent.trim() && !one.labels?.length
             && !one.getAttribute("aria-label")).map(one => one.outerHTML)"""
    )

    assert headings[0] == "H1"
    assert headings.count("H1") == 1
    assert [name for name in ("banner", "main", "contentinfo") if f"- {name}" not in heard] == []
    assert 'list "Progress"' in heard
    assert 'region "What happens next"' in heard
    assert nameless == []


def test_paper_has_the_facts_and_no_buttons(site: str, tab: Page) -> None:
    tab.goto(f"{site}/volta/three_parcels")
    tab.emulate_media(media="print")

    assert tab.locator("h1").is_visible()
    assert tab.locator(".number").first.is_visible()
    assert all(one.is_visible() for one in tab.locator(".scans").all())
    assert not any(one.is_visible() for one in tab.locator(".button, .steps, .art, summary").all())
    paint = "getComputedStyle(document.querySelector('h1')).color + getComputedStyle(document.querySelector('.hero'))"
    assert tab.evaluate(paint + ".backgroundColor") == "rgb(0, 0, 0)rgba(0, 0, 0, 0)"
