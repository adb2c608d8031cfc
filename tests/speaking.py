"""Which saved files are answers of the API we speak with each carrier, and the HTTP status a saved error came with.

A file has lost its status and perhaps its name; what it is, is seen from its content alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Payload = Mapping[str, object]
NO_PAYLOAD: Payload = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """How the content of a file shows what it is; one that shows neither must be unreadable to the carrier's reader."""

    is_answer: Callable[[Payload], bool]
    is_error: Callable[[Payload], bool]
    status_of: Callable[[Payload], int]  # of an error; answers come with 200
    lives: Callable[[Payload], list[Payload]] = lambda payload: [payload]  # each read alone, where only one is told


def _is_ups_answer(payload: Payload) -> bool:
    """Track v1 with at least a list of shipments; the XML service and Track Alert look otherwise."""
    return isinstance(_below(payload, "trackResponse").get("shipment"), list)


def _is_ups_error(payload: Payload) -> bool:
    """An error of the OAuth or Track service; those of Track Alert have codes of their own."""
    codes = _codes(_below(payload, "response").get("errors"))
    return bool(codes) and not any(code.startswith("VSS") for code in codes)


def _ups_status(payload: Payload) -> int:
    (code, *_) = _codes(_below(payload, "response").get("errors"))
    return {"250002": 401, "250003": 401, "10401": 401, "10429": 429}.get(code, 400)


def _is_fedex_answer(payload: Payload) -> bool:
    """Track v1 with a list of results; a document, a token or a webhook has none, the SOAP service is not JSON."""
    return isinstance(_below(payload, "output").get("completeTrackResults"), list)


def _is_fedex_error(payload: Payload) -> bool:
    return "output" not in payload and "transactionId" in payload and bool(_codes(payload.get("errors")))


def _fedex_status(payload: Payload) -> int:
    (code, *_) = _codes(payload.get("errors"))
    if "too many requests" in str(payload).casefold():
        return 429
    known = {"NOT.AUTHORIZED": 401, "FORBIDDEN": 403, "NOT.FOUND": 404, "INTERNAL.SERVER": 500}
    return {**known, "SERVICE.UNAVAILABLE": 503}.get(code.removesuffix(".ERROR"), 400)


def _fedex_lives(payload: Payload) -> list[Payload]:
    """One answer per life of every number; of two lives of a number only the newer is read."""
    completes = _below(payload, "output").get("completeTrackResults")
    listed = [each for each in completes if isinstance(each, dict)] if isinstance(completes, list) else []
    lives = [(each, life) for each in listed for life in each.get("trackResults") or []]
    return [{"output": {"completeTrackResults": [{**each, "trackResults": [life]}]}} for each, life in lives]


def _is_usps_answer(payload: Payload) -> bool:
    """Tracking v3 in detail; the summary is prose, and the newer bulk address answers with an array."""
    return isinstance(payload.get("trackingEvents"), list)


def _is_usps_error(payload: Payload) -> bool:
    """With a code that is a number, in Tracking's envelope; or by a name, from the token service."""
    return _usps_status(payload) != 0


def _usps_status(payload: Payload) -> int:
    error = payload.get("error")
    if isinstance(error, str):
        return 401 if "error_description" in payload else 0
    code = str(_below(payload, "error").get("code", ""))
    return int(code) if code.isascii() and code.isdigit() and len(code) == 3 else 0


def _is_dhl_answer(payload: Payload) -> bool:
    """Shipments of a division; the Express service has a list of that name too, with numbers of its own in it."""
    listed = payload.get("shipments")
    shipments = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return bool(shipments) and all("id" in each and "service" in each for each in shipments)


def _dhl_lives(payload: Payload) -> list[Payload]:
    """Every shipment by the status above its list alone: it is told when the list is gone."""
    listed = payload.get("shipments")
    shipments = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [{"shipments": [{**each, "events": []}]} for each in shipments]


def _is_dhl_error(payload: Payload) -> bool:
    """A problem whose status is a number; the Express service writes it as text."""
    return "title" in payload and isinstance(payload.get("status"), int)


def _dhl_status(payload: Payload) -> int:
    return int(str(payload["status"]))


# One entry per carrier of carriers/registry.py, by the name its folder has.
SPEAKS: Mapping[str, Speaking] = {
    "ups": Speaking(is_answer=_is_ups_answer, is_error=_is_ups_error, status_of=_ups_status),
    "usps": Speaking(is_answer=_is_usps_answer, is_error=_is_usps_error, status_of=_usps_status),
    "fedex": Speaking(
        is_answer=_is_fedex_answer, is_error=_is_fedex_error, status_of=_fedex_status, lives=_fedex_lives
    ),
    "dhl": Speaking(is_answer=_is_dhl_answer, is_error=_is_dhl_error, status_of=_dhl_status, lives=_dhl_lives),
}


def _below(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    return value if isinstance(value, dict) else NO_PAYLOAD


def _codes(errors: object) -> list[str]:
    listed = errors if isinstance(errors, list) else []
    return [str(each.get("code", "")) for each in listed if isinstance(each, dict)]
