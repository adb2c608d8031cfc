"""Letters of other scripts keep their form: not parted, not slanted, lines apart, words whole."""

import pytest
from playwright.sync_api import Browser

from tests.render.brands import SOUND, TRAIL
from tests.web.browsing import UNFOLD
from tracker.domain.brands import Brand
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.renderer import STYLES, Renderer

pytestmark = pytest.mark.browser

RENDERER = Renderer.load()
MISSHAPEN = """() => [...document.querySelectorAll("body *")]
  .filter((one) => [...one.childNodes].some((each) => each.nodeType === 3 && /\\p{L}/u.test(each.data)))
  .filter((one) => !one.closest("bdi, svg, [lang=en], .languages, summary"))
  .map((one) => [one, getComputedStyle(one)])
  .filter(([, style]) => style.fontStyle !== "normal" || style.letterSpacing !== "normal")
  .map(([one]) => one.outerHTML.slice(0, 80))"""
HEADING = """() => {
  const style = getComputedStyle(document.querySelector("h1"));
  return { lines: parseFloat(style.lineHeight) / parseFloat(style.fontSize), breaks: style.wordBreak,
           body: getComputedStyle(document.body).wordBreak };
}"""


WISHED = {  # lines of a heading at least so far apart; where its words and those of the page may break
    "ar": (1.35, "normal", "normal"),
    "hi": (1.35, "normal", "normal"),
    "th": (1.35, "normal", "normal"),
    "ja": (1.25, "auto-phrase", "normal"),
    "ko": (1.25, "keep-all", "keep-all"),
    "zh-Hans": (1.25, "normal", "normal"),
    "zh-Hant": (1.25, "normal", "normal"),
}


@pytest.mark.parametrize("brand", [TRAIL, SOUND], ids=["alpenglow", "volta"])
def test_letters_keep_their_form(browser: Browser, brand: Brand) -> None:
    css, name = RENDERER.stylesheet(brand)
    link, style = f'<link rel="stylesheet" href="{STYLES}{name}">', f"<style>{css.decode()}</style>"
    tab = browser.new_page()

    for tag, (lines, breaks, body) in WISHED.items():
        html = RENDERER.page(all_states()["correction"], brand, now=NOW, locale=tag)
        tab.set_content(html.replace(link, style))
        tab.evaluate(UNFOLD)
        heading = tab.evaluate(HEADING)

        assert tab.evaluate(MISSHAPEN) == [], tag
        assert heading["lines"] >= lines, tag
        assert (heading["breaks"], heading["body"]) == (breaks, body), tag
    tab.close()
