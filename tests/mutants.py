"""How a saved carrier answer is damaged, and when an event of a damaged one is an event of the whole.

An event of a mutant is one that "the whole file lacks" unless the whole file has an event of the same wall time and the
same milestone, at the same instant unless the mutant's is marked as assumed, under a status that says nothing else (a
part of it may be missing or cut short). Where a code that was cut short is one that nobody knows, the event may also
say that its meaning is unknown.
"""

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any

from carriers.events import Clock, Milestone, TrackingEvent


def is_told_by(event: TrackingEvent, other: TrackingEvent) -> bool:
    """Whether the other is the same scan, told at least as fully."""
    claims_nothing = event.milestone is Milestone.UNKNOWN and not event.known
    if event.local_text != other.local_text or (event.milestone is not other.milestone and not claims_nothing):
        return False
    if event.occurred_at != other.occurred_at and event.clock is not Clock.ASSUMED:
        return False
    parts = zip(f"{event.code}//".split("/"), f"{other.code}//".split("/"), strict=False)
    return all(whole.startswith(part) for part, whole in parts)


def mutants(body: bytes, *, seed: str, count: int) -> Iterator[tuple[str, bytes]]:
    """Damaged copies by name, the same on every run."""
    dice = random.Random(seed)
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    for place in range(count):
        if value is None or place % 10 == 0:
            cut = dice.randrange(len(body) or 1)
            yield f"cut at {cut}", body[:cut] if place % 20 else b"<html>" + body[:cut]
        else:
            copy = json.loads(body)
            name = _damage(copy, dice)
            yield name, json.dumps(copy).encode()


def _damage(value: object, dice: random.Random) -> str:
    path, holder, key = dice.choice(list(_places(value, "")))
    way = dice.choice(("removed", "null", "type", "html", "shortened"))
    match way:
        case "removed":
            del holder[key]
        case "null":
            holder[key] = None
        case "type":
            holder[key] = _of_another_type(holder[key], dice)
        case "html":
            holder[key] = f"<html><body onload=alert(1)>{holder[key]}</body></html>"
        case _:
            holder[key] = holder[key][:-1] if isinstance(holder[key], str | list) else ""
    return f"{path} {way}"


def _places(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Every member and element below a value."""
    pairs: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, below in pairs:
        yield f"{path}/{key}", value, key
        yield from _places(below, f"{path}/{key}")


def _of_another_type(value: object, dice: random.Random) -> object:
    others: list[object] = [True, 7, -1.5, "x", [], {}, [value], {"value": value}]
    if isinstance(value, str) and value.isascii() and value.isdigit():
        others.append(int(value))
    return dice.choice([other for other in others if type(other) is not type(value)])
