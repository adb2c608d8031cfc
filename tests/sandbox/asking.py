"""Stories of any carrier, and the polite way to ask each of them; written from their papers."""

from datetime import timedelta
from typing import Any

import httpx

from carriers.sandbox.stories import Spot, Story
from carriers.sandbox.words import scan
from tests.sandbox.journeys import GRANT, HOUR, LOGIN, NOON, headers
from tests.sandbox.journeys import token as ups_token

CLIENT = {**GRANT, "client_id": LOGIN[0], "client_secret": LOGIN[1]}
KEY = {"DHL-API-Key": "sandbox-key"}
NUMBERS = {"ups": "1Z5R89390357567127", "fedex": "702911050411", "usps": "9400136895232178650012", "dhl": "4512308843"}
CHICAGO = Spot(city="CHICAGO", region="IL", country="US", utc_offset=timedelta(hours=-6))


def a_story(carrier: str, *kinds: str, number: str = "", division: str = "", spot: Spot = CHICAGO) -> Story:
    """One scan an hour from noon on."""
    worded = f"{carrier}/{division}" if division else carrier
    scans = tuple(scan(kind, at=NOON + hour * HOUR, spot=spot, carrier=worded) for hour, kind in enumerate(kinds))
    return Story(
        carrier=carrier,
        number=number or NUMBERS[carrier],
        scans=scans,
        service_code=division,
        origin=spot,
        destination=spot,
    )


def fedex_token(line: httpx.Client) -> str:
    return str(line.post("/oauth/token", data=CLIENT).raise_for_status().json()["access_token"])


def fedex(line: httpx.Client, *numbers: str, bearer: str = "", **body: Any) -> httpx.Response:
    """One question about up to thirty numbers."""
    infos = [{"trackingNumberInfo": {"trackingNumber": number}} for number in numbers]
    return line.post(
        "/track/v1/trackingnumbers",
        headers={"Authorization": f"Bearer {bearer or fedex_token(line)}", "x-locale": "en_US"},
        json={"includeDetailedScans": True, "trackingInfo": infos, **body},
    )


def fedex_results(line: httpx.Client, number: str = NUMBERS["fedex"]) -> list[dict[str, Any]]:
    """All lives of one number."""
    answer = fedex(line, number).raise_for_status().json()
    results: list[dict[str, Any]] = answer["output"]["completeTrackResults"][0]["trackResults"]
    return results


def usps_token(line: httpx.Client, **more: str) -> str:
    return str(line.post("/oauth2/v3/token", json={**CLIENT, **more}).raise_for_status().json()["access_token"])


def usps(line: httpx.Client, number: str = NUMBERS["usps"], *, bearer: str = "", **query: str) -> httpx.Response:
    """One question about one number; all of it unless asked otherwise."""
    return line.get(
        f"/tracking/v3/tracking/{number}",
        headers={"Authorization": f"Bearer {bearer or usps_token(line)}"},
        params={"expand": "DETAIL", **query},
    )


def dhl(line: httpx.Client, number: str = NUMBERS["dhl"], **query: str) -> httpx.Response:
    """One question about one number."""
    return line.get("/track/shipments", headers=KEY, params={"trackingNumber": number, **query})


def ask(line: httpx.Client, carrier: str, number: str = "") -> httpx.Response:
    """The same question to any of the four."""
    number = number or NUMBERS[carrier]
    match carrier:
        case "fedex":
            return fedex(line, number)
        case "usps":
            return usps(line, number)
        case "dhl":
            return dhl(line, number)
        case _:
            return line.get(f"/api/track/v1/details/{number}", headers=headers(ups_token(line)))
