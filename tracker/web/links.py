"""Whose order a link opens: for every address below a tracking page, /t/{token}/..."""

from dataclasses import dataclass

from starlette.requests import Request

from tracker.domain.brands import Brand
from tracker.store import sights
from tracker.store.sights import PageView
from tracker.web.page import PREFIX, TOKEN
from tracker.wiring import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One order, opened by its link."""

    token: str
    brand: Brand
    view: PageView

    @property
    def path(self) -> str:
        """Where the tracking page stands."""
        return PREFIX + self.token


def opened(app: App, token: str) -> Opened | None:
    """What the link leads to; None when it never was given out, was revoked, or its shop is gone."""
    if not TOKEN.fullmatch(token):
        return None
    with app.store.read() as snapshot:
        view = sights.page(snapshot, token)
    brand = app.brands.get(view.order.brand) if view else None
    return Opened(token=token, brand=brand, view=view) if view and brand else None


def token_of(request: Request) -> str:
    """The link's key, as the route names it."""
    token: str = request.path_params["token"]
    return token
