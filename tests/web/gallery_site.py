"""The gallery's pages on loopback, under the policy of the real site, and what is wrong with one as it stands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from tests.render.brands import SOUND, TRAIL
from tests.web.browsing import Shown, picture, site
from tracker.domain.brands import Brand
from tracker.render.gallery import shown
from tracker.render.gallery.shown import Scheme
from tracker.render.pages import NOBODY
from tracker.render.renderer import Renderer

BRANDS: dict[str, Brand] = {"alpenglow": TRAIL, "volta": SOUND, "neutral": NOBODY}
# What reaches over the edge, is cut off, or lies on its neighbour; art and what only screen readers get may.
FAULTS = """() => {
  const found = [], wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) found.push("the page scrolls sideways");
  const name = (one) => `${one.tagName}.${one.className} ${(one.textContent || "").trim().slice(0, 60)}`;
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    if (one.closest(".art, .unseen, [hidden]")) continue;
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (box.width < 2 || box.height < 2 || style.visibility === "hidden") continue;
    if (box.right > wide + 1 || box.left < -1) found.push(`over the edge: ${name(one)}`);
    if (one.matches(".button, .pill, .step span, .scores span, summary") && one.scrollWidth > one.clientWidth + 1
      && style.display !== "inline") found.push(`does not fit: ${name(one)}`);
  }
  const steps = [...document.querySelectorAll(".step span")].filter((one) => one.getBoundingClientRect().width > 2);
  steps.forEach((one, n) => steps.slice(n + 1).forEach((other) => {
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      found.push(`overlaps: ${name(one)} and ${name(other)}`);
  }));
  return found;
}"""


@contextmanager
def showing(renderer: Renderer, more: Callable[[str], str] | None = None) -> Iterator[str]:
    """The address of a site with /{brand}/{state}?lang=&scheme=&dir=; `more` makes what stands under /more/."""

    def answer(address: str) -> Shown | None:
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        if path.startswith(shown.STYLES):
            brand, scheme, _ = path.removeprefix(shown.STYLES).split(".")
            return Shown(body=shown.stylesheet(renderer, BRANDS[brand], Scheme(scheme)), kind="text/css")
        if path.startswith("/more/") and more:
            return Shown(body=more(path.removeprefix("/more/")).encode())
        if path.count("/") == 2 and path.split("/")[1] in BRANDS:
            return Shown(body=_page(renderer, path, {key: values[0] for key, values in query.items()}).encode())
        return picture(renderer, BRANDS.values(), path)

    with site(answer) as address:
        yield address


def _page(renderer: Renderer, path: str, asked: dict[str, str]) -> str:
    _, brand, name = path.split("/")
    scheme = Scheme(asked.get("scheme", "light"))
    html = shown.page(renderer, BRANDS[brand], name, locale=asked.get("lang", "en-US"), scheme=scheme)
    return html.replace('dir="ltr"', 'dir="rtl"', 1) if asked.get("dir") == "rtl" else html


def faults(tab: Page) -> list[str]:
    """What does not fit on the page as it stands."""
    found: list[str] = tab.evaluate(FAULTS)
    return [f"{tab.url}: {each}" for each in found]
