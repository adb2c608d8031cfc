"""The few addresses beside pages and API: style sheets, scripts, pictures, what robots may read."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.web import html, packing
from tracker.wiring import App

JAVASCRIPT = "text/javascript"
FOR_EVER = html.FOR_EVER[1].decode()
# Of a picture opened by itself: a drawing may style itself, and do nothing else.
ALONE = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")


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
    """A picture of an item or a product, under the address its pages ask for; its bytes never change."""
    app: App = request.app.state.wismo
    brand = app.brands.get(request.path_params["slug"])
    found = app.renderer.album(brand).files.get(request.path_params["name"]) if brand else None
    body = found.read() if found else None
    if found is None or body is None:
        return PlainTextResponse("not found\n", status_code=HTTPStatus.NOT_FOUND)
    etag = f'"{found.digest}"'
    headers = _headers(("cache-control", FOR_EVER), ("etag", etag), ALONE)
    if request.headers.get("if-none-match", "") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type=found.media_type, headers=headers)


def _packed(request: Request, body: bytes, *, media_type: str, kept: str) -> Response:
    """As small as the reader's browser can take it."""
    encoding = packing.encoding_of(request.headers.get("accept-encoding", "").encode())
    said = [(name.decode(), value.decode()) for name, value in packing.said_of(encoding)]
    headers = _headers(("cache-control", kept), ("vary", "accept-encoding"), *said)
    return Response(packing.packed_once(body, encoding), media_type=media_type, headers=headers)


def _headers(*more: tuple[str, str]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in html.SAFE} | dict(more)
