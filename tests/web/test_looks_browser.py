"""Every look of the page in a browser: brands, schemes, widths, languages, directions, large type, paper."""

from collections.abc import Iterator
from itertools import chain, cycle
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browsing import UNFOLD, phone
from tests.web.gallery_site import BRANDS, faults, showing
from tests.web.stretching import stretched
from tests.web.turning import Look, barriers, measured
from tracker.render import pages
from tracker.render.gallery import shown
from tracker.render.gallery.orders import NOW
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
SMALLEST = 320
WIDTHS = (390, 768, 1280)
MOST = 300


def pairs() -> list[Look]:
    """Each layout in each language; the rest turns at different speeds, so that pairs meet."""
    schemes, widths = cycle(("light", "light", "dark", "dark", "dark")), cycle(WIDTHS)
    turned = cycle(("ltr", "ltr", "rtl", "ltr", "rtl", "ltr", "rtl"))
    return [
        Look(name, lang, SHOPS[(n + m) % 2], next(schemes), next(turned), next(widths))
        for n, lang in enumerate(KNOWN)
        for m, name in enumerate(LAYOUTS)
    ]


def turns(names: list[str]) -> list[Look]:
    """Each page once: of any four in a row each two choices meet, of eight all three."""
    return [
        Look(name, lang, SHOPS[n & 1], ("light", "dark")[n >> 1 & 1], ("ltr", "rtl")[(n ^ n >> 1 ^ n >> 2) & 1], 390)
        for n, (name, lang) in enumerate(zip(names, cycle(KNOWN), strict=False))
    ]


def moods() -> dict[str, str]:
    """The mood of each state."""
    english = RENDERER.languages.choose("en", "en")
    return {
        name: pages.in_words(view, BRANDS["volta"], language=english, now=NOW).mood
        for name, view in all_states().items()
    }


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with showing(RENDERER, more=lambda name: stretched(RENDERER, *name.split("/"))) as address:
        yield address


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    with phone(browser, service_workers="block", reduced_motion="reduce") as context:
        yield context.new_page()


def test_every_layout_fits_in_every_language(site: str, tab: Page) -> None:
    """On the smallest phone, and at one more width each."""
    chosen = pairs()

    wrong = measured(tab, site, chain((look._replace(width=SMALLEST) for look in chosen), chosen))

    assert wrong == [], "\n".join(wrong[:40])
    assert len(chosen) <= MOST
    assert {(look.name, look.lang) for look in chosen} == {(name, lang) for name in LAYOUTS for lang in KNOWN}
    assert len({look[2:] for look in chosen}) == 24, "each shop, scheme and direction at each width"


def test_every_page_of_both_shops_fits(site: str, tab: Page) -> None:
    widths = (SMALLEST, 900)
    every = [
        Look(name, "en", brand, ("light", "dark")[n % 2], "ltr", width)
        for brand in SHOPS
        for n, name in enumerate(shown.names(BRANDS[brand]))
        for width in widths
    ]

    wrong = measured(tab, site, every)

    assert wrong == [], "\n".join(wrong[:40])


def test_no_page_keeps_anybody_out(site: str, tab: Page) -> None:
    """Every page, and each mood in both shops, schemes and directions."""
    mood = moods()
    chosen = turns(sorted(shown.names(BRANDS["volta"]), key=lambda name: mood.get(name, "")))

    found = barriers(tab, site, chosen)

    assert found == [], "\n".join(found[:40])
    assert {look.lang for look in chosen} == set(KNOWN)
    assert len({(look.brand, look.scheme, look.direction) for look in chosen}) == 8
    for each in set(mood.values()):
        met = [look for look in chosen if mood.get(look.name) == each]
        assert [len({look[n] for look in met}) for n in (2, 3, 4)] == [2, 2, 2], each


def test_axe_sees_a_pale_word_on_a_page_that_was_turned(site: str, tab: Page) -> None:
    chosen = turns(list(LAYOUTS))[:5:4]  # the second of them is turned to, under the first one's sheet
    assert len({(look.brand, look.scheme) for look in chosen}) == 1
    tab.route("**/css/*", lambda route: route.fulfill(body=route.fetch().text() + "h1 { color: #c8ccc8 !important }"))

    found = barriers(tab, site, chosen)

    assert {each.partition(" at ")[0] for each in found if ": color-contrast " in each} == {
        look.path for look in chosen
    }


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
        tab.evaluate(UNFOLD)
        wrong += faults(tab)

    assert wrong == [], "\n".join(wrong[:40])


BELOW_844 = """() => [".name", ".eyebrow", "h1", ".hero .fresh", ".advice h2 + p", ".do .button"]
  .flatMap(part => [...document.querySelectorAll(part)]
    .filter(one => one.getBoundingClientRect().bottom > 844)
    .map(one => `${part} ends at ${one.getBoundingClientRect().bottom}`))"""


def test_the_first_screen_of_a_phone_answers(site: str, tab: Page) -> None:
    """Shop, number, answer, freshness and the first thing to do, without scrolling."""
    every = [Look(name, "en-US", SHOPS[n % 2], "light", "ltr", 390) for n, name in enumerate(all_states())]

    assert measured(tab, site, every, BELOW_844, unfolds=False) == []


def test_type_of_twice_the_size_fits_a_phone(site: str, tab: Page) -> None:
    wrong = []
    for n, name in enumerate(LAYOUTS):
        tab.set_viewport_size({"width": (390, 640)[n % 2], "height": 844})
        tab.goto(f"{site}/{SHOPS[n // 2 % 2]}/{name}")
        tab.evaluate("document.documentElement.style.fontSize = '200%'")
        wrong += faults(tab)

    assert wrong == [], "\n".join(wrong[:40])


CONTROLS = """[...document.querySelectorAll("a, button, summary, input, select, textarea")]
  .filter(one => one.type !== "hidden")
  .filter(one => (one.labels?.[0] ?? one).checkVisibility({ visibilityProperty: true }))
  .map(one => one.type === "radio" ? document.getElementsByName(one.name)[0] : one)"""  # Tab stops once at a group
STOP = f"""() => {{
  const one = document.activeElement, drawn = one.type === "radio" ? one.nextElementSibling : one;
  const box = drawn.getBoundingClientRect(), all = {CONTROLS};
  return {{
    place: one.tagName === "BODY" ? "" : `${{all.indexOf(one)}} ${{one.outerHTML.slice(0, 90)}}`,
    folded: one.tagName === "SUMMARY" && !one.parentElement.open,
    shows: getComputedStyle(drawn).outlineStyle === "solid" && box.bottom > 0 && box.top < innerHeight,
  }};
}}"""


@pytest.mark.parametrize("name", ["alpenglow/delivered", "volta/three_parcels", "volta/track_not_found"])
def test_a_keyboard_reaches_everything_and_shows_where_it_is(site: str, tab: Page, name: str) -> None:
    tab.goto(f"{site}/{name}")
    met = []
    while True:
        tab.keyboard.press("Tab")
        stop = tab.evaluate(STOP)
        if not stop["place"]:
            break
        assert stop["shows"], stop["place"]
        met.append(int(stop["place"].partition(" ")[0]))
        if stop["folded"]:
            tab.keyboard.press("Enter")

    assert met == list(dict.fromkeys(met)), "in the order of the page, nothing twice"
    every = tab.evaluate(f"[...new Set({CONTROLS})].map(one => {CONTROLS}.indexOf(one))")
    assert met == every
    assert tab.locator("details:not([open])").count() == 0


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

    moving = tab.evaluate(f"{UNFOLD}; document.getAnimations().length")  # at once: it lasts 160 ms

    assert bool(moving) is moves


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
