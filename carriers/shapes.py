"""What a value of an answer is, when the answer may hold anything at all."""

import json
from collections.abc import Mapping, Sequence

from carriers.contract import Unreadable

NO_FIELDS: Mapping[str, object] = {}


def parse_json(body: bytes, *, http_status: int | None = None) -> Mapping[str, object]:
    """The object a body holds. Raises Unreadable for any other bytes, absurdly deep ones included."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):  # ValueError: not JSON, not UTF-8, or a number of 5,000 digits
        raise Unreadable("the answer is not JSON", http_status=http_status, body=body) from None
    if not isinstance(value, dict):
        raise Unreadable("the answer is JSON, but not an object", http_status=http_status, body=body)
    return value


def fields(value: object) -> Mapping[str, object]:
    """The members of an object; none if it is no object."""
    return value if isinstance(value, dict) else NO_FIELDS


def items(value: object) -> Sequence[object]:
    """The elements of an array; none if it is no array."""
    return value if isinstance(value, list) else ()


def words(value: object) -> str:
    """A text as it stands, without blanks around it; empty if it is no text."""
    return value.strip() if isinstance(value, str) else ""


def digits(value: object) -> str:
    """A number written as text or as a number ("74700", 74700); empty for anything else."""
    if isinstance(value, bool):
        return ""
    text = str(value) if isinstance(value, int) and abs(value) < 10**12 else words(value)
    return text if text.isascii() and text.isdigit() else ""
