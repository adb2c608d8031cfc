"""Many looks of the gallery's pages in one tab: each sheet is loaded once, what stands under it is turned."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.web.browsing import RULES, UNFOLD
from tests.web.gallery_site import FAULTS

BARRIERS = f"""async () => (await axe.run({{ runOnly: {RULES}, resultTypes: ["violations"] }})).violations
  .flatMap((each) => each.nodes.map((node) => `${{each.id}} ${{node.html.slice(0, 120)}}`))"""
# A page is fetched, not navigated to: a navigation costs ten times what its layout does.
_EACH = """async ([addresses, unfolds]) => {
  const measure = %(measure)s, found = [];
  const sheet = (one) => one.querySelector("link[rel=stylesheet]").getAttribute("href");
  window.texts ??= new Map();
  for (const address of addresses) {
    if (!texts.has(address)) {
      const answer = await fetch(address);
      texts.set(address, answer.ok ? await answer.text() : "");
    }
    const made = new DOMParser().parseFromString(texts.get(address), "text/html");
    if (sheet(made) !== sheet(document)) throw new Error(`${address} is not under ${sheet(document)}`);
    for (const { name, value } of made.documentElement.attributes) document.documentElement.setAttribute(name, value);
    document.title = made.title;
    document.body.replaceWith(document.adoptNode(made.body));
    if (unfolds) %(unfold)s;
    found.push(...(await measure()).map((each) => `${address} at ${innerWidth}: ${each}`));
  }
  return found;
}"""


class Look(NamedTuple):
    """One page as one reader has it."""

    name: str
    lang: str
    brand: str
    scheme: str
    direction: str
    width: int

    @property
    def path(self) -> str:
        return f"/{self.brand}/{self.name}?lang={self.lang}&scheme={self.scheme}&dir={self.direction}"


def measured(
    tab: Page, site: str, looks: Iterable[Look], measure: str = FAULTS, *, unfolds: bool = True, script: str = ""
) -> list[str]:
    """What `measure`, a function of the page, finds on each look at its width. `script` is what it needs."""
    by_sheet: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for look in looks:
        by_sheet[look.brand, look.scheme][look.width].append(look.path)
    found: list[str] = []
    for by_width in by_sheet.values():
        tab.goto(site + next(iter(by_width.values()))[0])
        if script:
            tab.evaluate(script)
        for width, paths in by_width.items():
            tab.set_viewport_size({"width": width, "height": 844})
            found += tab.evaluate(_EACH % {"measure": measure, "unfold": UNFOLD}, [paths, unfolds])
    return found


def barriers(tab: Page, site: str, looks: Iterable[Look]) -> list[str]:
    """What axe finds on each look."""
    return measured(tab, site, looks, BARRIERS, script=Axe().axe_script)
