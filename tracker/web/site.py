"""The few addresses beside pages and API: style sheets, what robots may read."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.web import html
from tracker.wiring import App


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
