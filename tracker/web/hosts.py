"""Whose host was asked: a shop may show its pages under a name of its own."""

from urllib.parse import urlsplit

from starlette.types import Scope

from tracker.domain.brands import Brand
from tracker.wiring import App


def brand_at(app: App, scope: Scope) -> Brand | None:
    """The brand whose `page_host` this request names."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    own = (each.slug for each in app.settings.brands if each.page_host and urlsplit(each.page_host).netloc == host)
    return next((app.brands[slug] for slug in own if slug in app.brands), None)
