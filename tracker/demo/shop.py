"""The demo's two shops: they hand in their orders when shop time comes, and read out what becomes of them.

Run as `python -m tracker.demo.shop FILE`; the file says where everybody is and holds the shops' keys.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from urllib.parse import quote

from config.warp import Warp, read_warp
from tracker.demo.tale import STARTS_AT, TRAVELS, Act, Tale, Trouble
from tracker.demo.tales import TALES
from tracker.orphans import die_with_parent

GLANCE = timedelta(seconds=0.5)  # machine time between two readings of the orders
TIMEOUT = 10.0  # seconds


@dataclass(slots=True, kw_only=True)
class Town:
    """Where everybody is, and what was seen so far."""

    wismo: str
    carrier: str
    mailbox: str
    phone: str
    keys: dict[str, str]  # by brand
    warp: Warp
    began: float = field(default_factory=time.monotonic)
    seen: dict[str, str] = field(default_factory=dict)  # state by order number
    mails: int = 0  # id of the newest mail read out
    texts: int = 0  # id of the newest text read out
    delivered: bool = False
    over: bool = False

    def now(self) -> datetime:
        return self.warp.shop_time(datetime.now(UTC))


def main() -> None:
    """Until killed by whoever started it."""
    die_with_parent()
    given = json.loads(Path(sys.argv[1]).read_text())
    town = Town(**(given | {"warp": read_warp(given["warp"])}))
    coming = sorted(_plan(), key=lambda each: each[0])
    while True:
        while coming and coming[0][0] <= town.now():
            _, tale, what = coming.pop(0)
            _do(town, tale, what)
        _read_out(town)
        if not town.over and town.now() >= STARTS_AT + TRAVELS:
            town.over = True
            _say(town, f"the {TRAVELS.days} days are over, all stories have ended. The pages stay open until Ctrl-C.")
        time.sleep(GLANCE.total_seconds())


def _plan() -> Iterator[tuple[datetime, Tale, Act | Trouble | None]]:
    for tale in TALES:
        yield tale.placed, tale, None
        yield from ((act.at, tale, act) for act in tale.acts)
        yield from ((trouble.at, tale, trouble) for trouble in tale.troubles)


def _do(town: Town, tale: Tale, what: Act | Trouble | None) -> None:
    number = quote(tale.number, safe="")
    match what:
        case None:
            answer = _call(town, tale, "POST", "/api/v1/orders", tale.order())
            _say(town, f"order {tale.number} ({tale.name}): {tale.says}")
            _line(f"{'':18}{answer['order']['page_url']}")
        case Trouble():
            answer_of("POST", f"{town.carrier}/_sandbox/faults", what.fault)
        case Act(verb="cancel"):
            _call(town, tale, "POST", f"/api/v1/orders/{number}/cancel")
            _say(town, f"order {tale.number}: the shop cancels it")
        case Act(verb="text"):
            answer_of("POST", f"{town.phone}/_sandbox/replies", {"sender": tale.phone, "body": what.body["text"]})
            _say(town, f"  {tale.phone} texts: {what.body['text']}")
        case Act():
            _call(town, tale, "PATCH", f"/api/v1/orders/{number}", what.body)
            _say(town, f"order {tale.number}: the shop corrects it")


def _read_out(town: Town) -> None:
    for brand, key in town.keys.items():
        page = answer_of("GET", f"{town.wismo}/api/v1/orders?brand={brand}&limit=100", None, key)
        for order in page["orders"]:
            _read_order(town, order)
    for mail in answer_of("GET", f"{town.mailbox}/_sandbox/mails?after={town.mails}", None):
        town.mails = max(town.mails, mail["id"])
        _say(town, f"  mail to {mail['to'][0]}: {mail['subject']}")
    for text in answer_of("GET", f"{town.phone}/_sandbox/texts?after={town.texts}", None):
        town.texts = max(town.texts, text["id"])
        _say(town, f"  text to {text['to']}: {text['body'].partition('http')[0].strip()}")


def _read_order(town: Town, order: dict[str, Any]) -> None:
    number, state = order["number"], order["state"]
    if town.seen.get(number, "placed") == state:
        return
    town.seen[number] = state
    _say(town, f"order {number} is {state.replace('_', ' ')}")
    if state == "delivered" and not town.delivered:
        town.delivered = True
        _say(town, f"first order delivered, {time.monotonic() - town.began:.0f} s after the start")


def _say(town: Town, text: str) -> None:
    _line(f"{town.now():%a %d %b %H:%M}  {text}")


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _call(town: Town, tale: Tale, method: str, path: str, body: Any = None) -> Any:
    return answer_of(method, f"{town.wismo}{path}", body, town.keys[tale.brand])


def answer_of(method: str, url: str, body: Any, key: str = "") -> Any:
    """One call; a Wismo that is away is asked until it is back: to start anew would tell every story twice."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(  # noqa: S310 - loopback
        url, method=method, headers=headers, data=None if body is None else json.dumps(body).encode()
    )
    for patience in chain((0.2, 1.0), repeat(3.0)):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - loopback
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            _line(f"{method} {refused.url}: {refused.code} {refused.read().decode()[:500]}")
            if refused.code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            time.sleep(patience)
        except (OSError, HTTPException):
            time.sleep(patience)
    raise AssertionError("the patience never ends")


if __name__ == "__main__":
    main()
