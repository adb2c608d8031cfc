"""The few addresses beside pages and API: style sheets, scripts, pictures of products, what robots may read."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.render.renderer import TEMPLATES
from tracker.web import html, packing
from tracker.wiring import App

JAVASCRIPT = "text/javascript"
FOR_EVER = html.FOR_EVER[1].decode()
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
            return _packed(request, css, media_type="text/css", kept=FOR_EVER)
    return PlainTextResponse("not found\n", status_code=HTTPStatus.NOT_FOUND)


def script(request: Request) -> Response:
    """The page's script under the name its pages ask for; its bytes never change."""
    app: App = request.app.state.wismo
    scripts = app.renderer.scripts()
    if request.path_params["name"] != scripts.name:
        return PlainTextResponse("not found\n", status_code=HTTPStatus.NOT_FOUND)
    return _packed(request, scripts.page, media_type=JAVASCRIPT, kept=FOR_EVER)


def worker(request: Request) -> Response:
    """The service worker; what it keeps stays in the browser that opened the pages."""
    app: App = request.app.state.wismo
    return _packed(request, app.renderer.scripts().worker, media_type=JAVASCRIPT, kept="no-cache")


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


def _packed(request: Request, body: bytes, *, media_type: str, kept: str) -> Response:
    """As small as the reader's browser can take it."""
    encoding = packing.encoding_of(request.headers.get("accept-encoding", "").encode())
    said = [(name.decode(), value.decode()) for name, value in packing.said_of(encoding)]
    headers = _headers(("cache-control", kept), ("vary", "accept-encoding"), *said)
    return Response(packing.packed_once(body, encoding), media_type=media_type, headers=headers)


def _headers(*more: tuple[str, str]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in html.SAFE} | dict(more)
