"""What stands around a page's own part, the same on all pages of a brand in one language: its head and its foot."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup

from tracker.domain.brands import Brand
from tracker.render.languages import Language, Listed
from tracker.render.plain import mailbox

REMEMBERED = 512  # brands times languages; a fifth of a page's rendering would go into the list of languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Made once, as HTML."""

    masthead: Markup
    footer: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What decides on it."""

    brand: Brand
    language: Language
    switch: str  # how the address of the same page in another language begins; empty: there is none
    keeps_proof: bool  # whether the page has set a cookie


def remembered(
    environment: Callable[[Brand], Environment], logo: Callable[[Brand], Markup], languages: tuple[Listed, ...]
) -> Callable[[Setting], Around]:
    """A function that renders each setting once."""

    @lru_cache(maxsize=REMEMBERED)
    def around(setting: Setting) -> Around:
        brand = setting.brand
        facts = {"brand": brand, "language": setting.language, "switch": setting.switch}
        facts |= {"keeps_proof": setting.keeps_proof, "logo": logo(brand), "mailbox": mailbox(brand.reply_to)}
        facts |= {"languages": languages}

        def rendered(name: str) -> Markup:
            return Markup(environment(brand).get_template(f"page/{name}.html").render(facts))  # noqa: S704 - a template of ours

        return Around(masthead=rendered("masthead"), footer=rendered("footer"))

    return around
