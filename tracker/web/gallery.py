"""The gallery at /ops/gallery: every page a shopper can open, beside each other, for people who look after them."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracker.domain.brands import Brand
from tracker.render import console as pages
from tracker.render.gallery import shown
from tracker.render.gallery.shown import NEUTRAL, Scheme
from tracker.render.pages import NOBODY
from tracker.web import html
from tracker.web.access import app_of
from tracker.web.sessions import Visitor, for_admins, headers
from tracker.wiring import App

PATH = "/ops/gallery"
WIDTHS = {"320": "320, a small phone", "390": "390, a phone", "768": "768, a tablet", "1280": "1280, a desk"}
USUAL_WIDTH = "390"
# These pages may stand in a frame of the gallery, which is what it is made of; they run no script.
FRAMED = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
}


def routes() -> list[Route]:
    """The list, and what it shows."""
    return [
        Route(PATH, for_admins(_list)),
        Route(shown.STYLES + "{brand}.{scheme}.css", for_admins(_stylesheet)),
        Route(PATH + "/{brand}/{name}", for_admins(_page)),
    ]


def _list(request: Request, who: Visitor) -> Response:
    app, asked = app_of(request), request.query_params
    brands = _brands(app)
    brand = brands.get(asked.get("brand", ""), next(iter(brands.values())))
    known = [(each.tag, each.own_name) for each in app.renderer.languages.listed]
    lang = _one_of(dict(known), asked.get("lang", ""), usual=brand.locale)
    width = _one_of(WIDTHS, asked.get("width", ""), usual=USUAL_WIDTH)
    scheme = _scheme(request)
    query = urlencode({"lang": lang, "scheme": scheme})
    about = asked.get("state", "")
    body = pages.page(
        app.renderer.common,
        "gallery",
        visitor=who,
        groups=[
            (heading, [(name, f"{PATH}/{brand.slug or NEUTRAL}/{name}?{query}") for name in names])
            for heading, names in _found(brand, about).items()
        ],
        fields=[
            (
                "brand",
                "Brand",
                [(slug, each.name or "No shop") for slug, each in brands.items()],
                brand.slug or NEUTRAL,
            ),
            ("lang", "Language", known, lang),
            ("scheme", "Colors", [(each.value, each.value) for each in Scheme], scheme.value),
            ("width", "Width", list(WIDTHS.items()), width),
        ],
        about=about,
        width=width,
    )
    return Response(body, media_type="text/html", headers=headers(FRAMED))


def _found(brand: Brand, about: str) -> dict[str, list[str]]:
    """The pages with these letters in their names, as people see them."""
    wanted = about.strip().casefold().replace(" ", "_")
    named = {heading: [name for name in names if wanted in name] for heading, names in shown.groups(brand).items()}
    return {heading: names for heading, names in named.items() if names}


def _page(request: Request, _: Visitor) -> Response:
    app, name = app_of(request), request.path_params["name"]
    brand = _brands(app).get(request.path_params["brand"])
    if brand is None or name not in shown.names(brand):
        return _missing(request)
    locale = request.query_params.get("lang", "")
    body = shown.page(app.renderer, brand, name, locale=locale, scheme=_scheme(request))
    return Response(body, media_type="text/html", headers=headers(FRAMED))


def _stylesheet(request: Request, _: Visitor) -> Response:
    app = app_of(request)
    brand, scheme = _brands(app).get(request.path_params["brand"]), request.path_params["scheme"]
    if brand is None or scheme not in set(Scheme):
        return _missing(request)
    return Response(shown.stylesheet(app.renderer, brand, Scheme(scheme)), media_type="text/css", headers=headers())


def _missing(request: Request) -> Response:
    answer = html.not_found(app_of(request), request.scope)
    return Response(answer.body, status_code=HTTPStatus.NOT_FOUND, media_type="text/html", headers=headers())


def _brands(app: App) -> dict[str, Brand]:
    return {**app.brands, NEUTRAL: NOBODY}


def _scheme(request: Request) -> Scheme:
    return Scheme.DARK if request.query_params.get("scheme") == Scheme.DARK else Scheme.LIGHT


def _one_of(known: Mapping[str, str], asked: str, *, usual: str) -> str:
    return asked if asked in known else usual
