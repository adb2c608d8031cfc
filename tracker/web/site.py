"""The few addresses beside pages and API: the front door, style sheets, what robots may read."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.web import html
from tracker.wiring import App

FRONT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Order tracking</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"></head>
<body><main><h1>Order tracking</h1>
<p>To see where your order is, open the link in the message from your shop.</p></main></body></html>
"""


def front(_: Request) -> Response:
    """For whoever types the host: it names no shop and no product."""
    return Response(FRONT, media_type="text/html", headers=_headers(("cache-control", "public, max-age=3600")))


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


def _headers(*more: tuple[str, str]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in html.SAFE} | dict(more)
