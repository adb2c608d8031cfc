"""How strict DHL is about what it is asked."""

from urllib.parse import parse_qs, urlencode

from carriers.sandbox.calls import Excess
from carriers.sandbox.dhl.answers import division, shipment
from carriers.sandbox.front import Asked, Front, Scene, reply
from carriers.sandbox.oauth import Desk
from carriers.sandbox.stories import Story
from carriers.sandbox.telling import lives
from carriers.sandbox.wire import Reply, Request

TRACK_PATH = "/track/shipments"
PAGE_LENGTH = 5
SERVICES = frozenset(
    {
        *("dgf", "dsc", "ecommerce", "ecommerce-apac", "ecommerce-europe", "ecommerce-ppl", "ecommerce-iberia"),
        *("express", "freight", "parcel-de", "parcel-nl", "parcel-pl", "parcel-uk", "post-de", "post-international"),
        *("sameday", "svb"),
    }
)
TITLES = {400: "Invalid input", 401: "Unauthorized", 404: "No result found", 429: "Too Many Requests"}


def _asked(request: Request, desk: Desk) -> Asked | None:
    if request.path != TRACK_PATH:
        return None
    key = request.headers.get("dhl-api-key", "")
    number = _query(request).get("trackingNumber", "")
    return Asked(
        kind="track", credential=key if desk.knows(key, "") else "unknown", numbers=(number,) if number else ()
    )


def _reply(request: Request, asked: Asked, scene: Scene) -> Reply:
    if asked.credential == "unknown":
        return _refuse(401)
    if request.method != "GET":
        return _problem(405, "Method Not Allowed", "Only GET is supported.")
    given = _query(request)
    wrong = _wrong(given)
    if wrong:
        return _problem(400, TITLES[400], wrong)
    return _track(given, scene)


def _wrong(given: dict[str, str]) -> str:
    """What is wrong with the question."""
    if not given.get("trackingNumber"):
        return "Invalid input: missing mandatory parameter 'trackingNumber'"
    language = given.get("language", "en")
    if not (len(language) == 2 and language.isalpha()):
        return f"Input is invalid: Provided language code '{language}' isn't valid according to 'ISO 639-1 alpha-2'"
    if given.get("service", "express") not in SERVICES:
        return f"Input is invalid: unknown service '{given['service']}'"
    for name in ("offset", "limit"):
        if not given.get(name, "0").isdigit():
            return f"Input is invalid: '{name}' isn't a number"
    return ""


def _track(given: dict[str, str], scene: Scene) -> Reply:
    """Newest life first; a reference may stand for many shipments, all with the same id."""
    number = given["trackingNumber"]
    everyone = lives(number, known=scene.known, now=scene.now)[::-1]
    found = [life for life in everyone if given.get("service", division(life)) == division(life)]
    if not found:
        detail = "No shipment with given tracking number found."
        return _problem(404, TITLES[404], detail, instance=f"/shipment/{number}")
    offset, limit = int(given.get("offset", 0)), int(given.get("limit", PAGE_LENGTH))
    shown = found[offset : offset + limit]
    language = given.get("language", "en")
    shipments = [shipment(life, scene.now, language=language) for life in shown]
    return reply(200, {**_pages(number, len(found), offset, limit), "shipments": shipments, **_others(everyone, found)})


def _pages(number: str, count: int, offset: int, limit: int) -> dict[str, str]:
    """Addresses of the neighbouring pages; only where there is more than one."""
    if count <= limit:
        return {}
    last = (count - 1) // max(limit, 1) * limit
    places = {"url": offset, "prevUrl": max(0, offset - limit), "firstUrl": 0, "lastUrl": last}
    if offset + limit < count:
        places["nextUrl"] = offset + limit
    return {name: _address(trackingNumber=number, offset=str(at), limit=str(limit)) for name, at in places.items()}


def _others(everyone: list[Story], found: list[Story]) -> dict[str, list[str]]:
    """Where shipments of other divisions under this number can be asked for."""
    services = sorted({division(life) for life in everyone} - {division(life) for life in found})
    urls = [_address(trackingNumber=everyone[0].number, service=service) for service in services]
    return {"possibleAdditionalShipmentsUrl": urls} if urls else {}


def _address(**query: str) -> str:
    return f"/shipments?{urlencode(query)}"


def _query(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(request.query).items()}


def _refuse(status: int) -> Reply:
    details = {
        401: "Unauthorized for given resource.",
        404: "The requested resource was not found.",
        429: "Too many requests within defined time period, please try again later.",
    }
    return _problem(status, TITLES.get(status, "Service error"), details.get(status, "Please try again later."))


def _busy(_: Excess) -> Reply:
    """The same for a call too soon and for a day used up; no wait is told."""
    return _refuse(429)


def _problem(status: int, title: str, detail: str, *, instance: str = "") -> Reply:
    body = {"title": title, "detail": detail, "status": status, **({"instance": instance} if instance else {})}
    return reply(status, body, kind="application/problem+json")


DHL = Front(
    name="dhl",
    token_seconds=0,
    owns=lambda path: path.startswith("/track/shipments"),
    asked=_asked,
    reply=_reply,
    refuse=_refuse,
    busy=_busy,
)
