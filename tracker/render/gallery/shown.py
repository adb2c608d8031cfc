"""How every page a shopper can open looks, by brand, language and colour scheme."""

from dataclasses import replace
from enum import StrEnum
from functools import cache

from tracker.domain.brands import Brand
from tracker.render.gallery.forms import FORMS, PATH, Made
from tracker.render.gallery.goods import sold
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import GROUPS, all_states
from tracker.render.pages import Finding, PageView, Unsubscribing
from tracker.render.renderer import STYLES as REAL_STYLES
from tracker.render.renderer import Renderer

STYLES = "/ops/gallery/css/"  # where the web edge serves what `stylesheet` returns
NEUTRAL = "neutral"  # the shop nobody knows: only pages that need no order
_ASKS_DARK, _ASKS_LIGHT = "(prefers-color-scheme: dark)", "(prefers-color-scheme: light)"


class Scheme(StrEnum):
    """Which colours are shown, whatever the reader's device prefers."""

    LIGHT = "light"
    DARK = "dark"


def _unsubscribe(where: Unsubscribing) -> Made:
    return lambda renderer, brand, locale: renderer.unsubscribe(brand, where=where, action="", locale=locale)


def _track(outcome: Finding) -> Made:
    def made(renderer: Renderer, brand: Brand, locale: str) -> str:
        return renderer.track(brand, outcome=outcome, action="", again="/track/link", minutes=21, locale=locale)

    return made


_SMALL: dict[str, Made] = {
    "gone": lambda renderer, brand, locale: renderer.gone(brand, locale=locale),
    "error": lambda renderer, brand, locale: renderer.error(brand, locale=locale),
    **{f"track_{each}": _track(each) for each in Finding},
    **{f"unsubscribe_{each}": _unsubscribe(each) for each in Unsubscribing},
}


@cache
def _views() -> dict[str, PageView]:
    return {name: replace(view, path=PATH) for name, view in all_states().items()}


def groups(brand: Brand) -> dict[str, tuple[str, ...]]:
    """Every page there is to see of this shop, under headings."""
    states = {heading: tuple(made()) for heading, made in GROUPS.items()} | {"Forms below a page": tuple(FORMS)}
    return (states if brand.slug else {}) | {"Without an order": tuple(_SMALL)}


def names(brand: Brand) -> tuple[str, ...]:
    """All their names."""
    return tuple(name for group in groups(brand).values() for name in group)


def page(renderer: Renderer, brand: Brand, name: str, *, locale: str, scheme: Scheme) -> str:
    """One page, in the gallery's own style sheet. `name` is one of `names`."""
    if small := _SMALL.get(name) or FORMS.get(name):
        made = small(renderer, brand, locale)
    else:
        view = sold(_views()[name], brand.slug, renderer.album(brand))
        made = renderer.page(view, brand, now=NOW, locale=locale)
    made = made.replace(f'<script src="{renderer.scripts().path}" defer></script>', "")  # none may run here
    real = REAL_STYLES + renderer.stylesheet(brand)[1]
    return made.replace(real, f"{STYLES}{brand.slug or NEUTRAL}.{scheme}.css")


def stylesheet(renderer: Renderer, brand: Brand, scheme: Scheme) -> bytes:
    """The brand's sheet with one scheme for good; what waits for a script shows, as no script runs here."""
    css, _ = renderer.stylesheet(brand)
    is_dark = scheme is Scheme.DARK
    forced = css.decode()
    for asks, is_true in ((_ASKS_DARK, is_dark), (_ASKS_LIGHT, not is_dark)):
        forced = forced.replace(f"screen and {asks}", "screen" if is_true else "not all")
        forced = forced.replace(asks, "all" if is_true else "not all")
    forced = forced.replace("color-scheme: light dark", f"color-scheme: {scheme}")
    return (forced + ".needs-js { visibility: visible; }\n").encode()
