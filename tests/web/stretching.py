"""A page in each of whose places stands the longest that may stand there."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from tests.planting import planted
from tests.web.gallery_site import BRANDS
from tracker.render import pages
from tracker.render.gallery import shown
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.renderer import Renderer

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


def stretched(renderer: Renderer, brand: str, lang: str) -> str:
    """A page in each of whose places stands the longest that may stand there in this language."""
    views, language = all_states().values(), renderer.languages.choose(lang, "en")
    made = [pages.in_words(replace(view, path="/t/x"), BRANDS[brand], language=language, now=NOW) for view in views]
    longest: dict[str, str] = {}
    for page in made:
        _gather(page, "", longest)
    richest = max(made, key=lambda page: (page.mood == "waiting" and page.sketch is not None, len(page.parcels)))
    filled = _filled(richest, "", longest)
    with planted(pages, "in_words", lambda *_, **__: filled):
        view = all_states()["three_parcels"]
        html = renderer.page(replace(view, path="/t/x"), BRANDS[brand], now=NOW, locale=lang)
    real = renderer.stylesheet(BRANDS[brand])[1]
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
