"""Who may see which brand's orders: an API key, found by its hash."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from tracker.web.problems import Refusal
from tracker.wiring import App

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="API key",
    description="`wismo key NAME --brand BRAND` makes one and shows it once. A key belongs to one brand, or to all.",
)
SLUG = r"^[a-z0-9-]{1,64}$"
SECRET = re.compile(r"[\x21-\x7e]{16,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever holds the key, and the brands it opens."""

    key_id: str
    brand: str | None  # None: all

    def sees(self, brand: str) -> bool:
        return self.brand is None or self.brand == brand


def app_of(request: Request) -> App:
    """The app this process was built with."""
    app: App = request.app.state.wismo
    return app


def caller(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> Caller:
    """The key's owner. Raises Refusal; it says the same for a key that never was and one that was revoked."""
    secret = credentials.credentials if credentials else ""
    found = app_of(request).store.api_key(secret) if SECRET.fullmatch(secret) else None
    if found is None:
        raise Refusal(
            HTTPStatus.UNAUTHORIZED,
            "no_key",
            "This needs an API key.",
            fix='Send "Authorization: Bearer KEY"; make a key with "wismo key NAME --brand BRAND".',
            headers={"WWW-Authenticate": "Bearer"},
        )
    return Caller(key_id=found.id, brand=found.brand)


def brand_of(
    request: Request,
    who: Annotated[Caller, Depends(caller)],
    brand: Annotated[
        str | None, Query(pattern=SLUG, description="Needed with a key for all brands; else the key's own.")
    ] = None,
) -> str:
    """The one brand this request is about. Raises Refusal."""
    return chosen(app_of(request), who, brand or "")


def chosen(app: App, who: Caller, named: str) -> str:
    """The brand named, if the key opens it, else the key's own. Raises Refusal."""
    if not named and who.brand is None:
        raise Refusal(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "brand_missing",
            "This key opens all brands, so the request must name one.",
            fix=f"Add ?brand= with one of: {', '.join(sorted(app.brands))}.",
        )
    if not named:
        named = who.brand or ""
    elif not who.sees(named):
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            "other_brand",
            "This key belongs to another brand.",
            fix="Leave the brand out, or use that brand's key.",
        )
    if named not in app.brands:
        raise Refusal(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unknown_brand",
            "There is no such brand here.",
            fix=f"Use one of: {', '.join(sorted(each for each in app.brands if who.sees(each))) or 'none yet'}.",
        )
    return named
