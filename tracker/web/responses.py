"""How pages of forms are answered: kept by nobody, and with the headers that bind every page to this site."""

from datetime import timedelta
from http import HTTPStatus

from starlette.responses import Response

from tracker.web import html
from tracker.web.html import RawHeaders


def page(body: bytes | str, status: HTTPStatus = HTTPStatus.OK, *, retry_after: timedelta | None = None) -> Response:
    """A whole page. `retry_after`: how long who tried too often has to wait."""
    wait = {} if retry_after is None else {"retry-after": str(int(retry_after.total_seconds()))}
    return Response(body, status_code=status, media_type="text/html", headers=_UNKEPT | wait)


def see_other(address: str) -> Response:
    """Go there with GET, so that a reload repeats nothing."""
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=_UNKEPT | {"location": address})


def of_raw(headers: RawHeaders) -> dict[str, str]:
    """Headers as Starlette's answers want them."""
    return {name.decode(): value.decode() for name, value in headers}


_UNKEPT = of_raw([*html.SAFE, html.NO_STORE])
