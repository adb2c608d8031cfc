"""Stories for these tests, and the polite way to ask about them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from carriers.sandbox.stories import Promise, Spot, Story
from carriers.sandbox.ups.front import TOKEN_PATH, TRACK_PATH
from carriers.sandbox.words import scan

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBER = "1Z5R89390357567127"
LOGIN = ("sandbox-client", "sandbox-secret")
GRANT = {"grant_type": "client_credentials"}
NEW_YORK = Spot(city="NEW YORK", region="NY", country="US", utc_offset=timedelta(hours=-5))
DELHI = Spot(city="DELHI", country="IN", utc_offset=timedelta(hours=5, minutes=30))

DELIVERED_NEXT_DAY = Story(
    number=NUMBER,
    scans=(
        scan("label", at=NOON - 2 * HOUR, spot=NEW_YORK),
        scan("origin", at=NOON + 6 * HOUR, spot=NEW_YORK),
        scan("out for delivery", at=NOON + 20 * HOUR, spot=NEW_YORK),
        scan("delivered", at=NOON + 26 * HOUR, spot=NEW_YORK),
    ),
    promises=(
        Promise(day=date(2026, 3, 4), shown_at=NOON),
        Promise(day=date(2026, 3, 3), shown_at=NOON + HOUR, kind="RDD"),
    ),
    origin=NEW_YORK,
    destination=NEW_YORK,
)


def token(line: httpx.Client) -> str:
    """A fresh token, asked for as the carrier wants it."""
    answer = line.post(TOKEN_PATH, auth=LOGIN, data=GRANT).raise_for_status().json()
    return str(answer["access_token"])


def headers(bearer: str) -> dict[str, str]:
    """All the carrier insists on."""
    return {"Authorization": f"Bearer {bearer}", "transId": "7d1f0c", "transactionSrc": "tests"}


def look(line: httpx.Client, number: str = NUMBER, *, bearer: str | None = None) -> httpx.Response:
    """One question about one number."""
    return line.get(f"{TRACK_PATH}{number}", headers=headers(token(line) if bearer is None else bearer))


def package(line: httpx.Client, number: str = NUMBER) -> dict[str, Any]:
    """The first package of the answer."""
    found: dict[str, Any] = look(line, number).raise_for_status().json()["trackResponse"]["shipment"][0]["package"][0]
    return found


def codes(found: dict[str, Any]) -> list[str]:
    """The two-character codes of its activities, as listed."""
    return [activity["status"]["code"] for activity in found["activity"]]
