"""What JSON a request carries, within the size and depth that any order needs."""

import json
from http import HTTPStatus

from starlette.requests import Request

from tracker.web.problems import Refusal

LARGEST = 1024 * 1024  # bytes; an order of 500 lines has about 100 KiB


async def raw(request: Request, *, largest: int = LARGEST) -> bytes:
    """The bytes of the body, never more than allowed in memory. Raises Refusal."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > largest:
        raise _too_large(largest)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > largest:
            raise _too_large(largest)
        chunks.append(chunk)
    return b"".join(chunks)


async def json_body(request: Request) -> object:
    """The body as JSON. Raises Refusal for another content type or text that is no JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "The body must be JSON.",
            fix="Send the header Content-Type: application/json.",
        )
    return parsed(await raw(request))


def parsed(body: bytes) -> object:
    """JSON, strictly: no NaN, no endless nesting. Raises Refusal."""
    try:
        found: object = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # ValueError: also bad UTF-8 and integers of thousands of digits
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            "bad_json",
            f"The body is not JSON we can read{where}.",
            fix="Send UTF-8 JSON as described in /api/openapi.json.",
        ) from error
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _too_large(largest: int) -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_large",
        f"The body has more than {largest} bytes.",
        fix="Send one order per request, without pictures or documents.",
        headers={"Connection": "close"},
    )
