"""The few addresses beside pages and API: style sheets, pictures of products, what robots may read."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.render.renderer import TEMPLATES
from tracker.web import html
from tracker.wiring import App

PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}


def robots(_: Request) -> Response:
    """Nothing here is for search engines."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def stylesheet(request: Request) -> Response:
    """A brand's style sheet under the name its pages ask for; its bytes never change."""
    app: App = request.app.state.wismo
    name = request.path_params["name"]
    for brand in (None, *app.brands.values()):
        css, its_name = app.renderer.stylesheet(brand)
        if name == its_name:
            kept = ("cache-control", html.FOR_EVER[1].decode())
            return Response(css, media_type="text/css", headers=_headers(kept))
    return PlainTextResponse("not found\n", status_code=HTTPStatus.NOT_FOUND)


def picture(request: Request) -> Response:
    """A product's picture, from our own host; only files that the settings name."""
    app: App = request.app.state.wismo
    slug, name = request.path_params["slug"], request.path_params["name"]
    brand = app.brands.get(slug)
    known = {each.picture for each in brand.products if each.picture} if brand else set()
    path = TEMPLATES / "brands" / slug / name
    if name not in known or not path.is_file():
        return PlainTextResponse("not found\n", status_code=HTTPStatus.NOT_FOUND)
    headers = _headers(("cache-control", "public, max-age=86400"))
    return Response(path.read_bytes(), media_type=PICTURES[path.suffix], headers=headers)


def _headers(*more: tuple[str, str]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in html.SAFE} | dict(more)
