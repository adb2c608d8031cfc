"""Runs the carriers' server as a process of its own: python -m carriers.sandbox --clock set --start ISO."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

from carriers.sandbox import stories
from carriers.sandbox.calls import PUBLISHED, Limit
from carriers.sandbox.clock import Clock, SetClock, WarpClock
from carriers.sandbox.server import CLIENTS, KEYS, Sandbox

USE = """
One server stands in for UPS, FedEx, USPS and DHL; their paths tell them apart. Point all four at it:

  UPS_BASE_URL=URL    UPS_CLIENT_ID=sandbox-client    UPS_CLIENT_SECRET=sandbox-secret
  FEDEX_BASE_URL=URL  FEDEX_CLIENT_ID=sandbox-client  FEDEX_CLIENT_SECRET=sandbox-secret
  USPS_BASE_URL=URL   USPS_CLIENT_ID=sandbox-client   USPS_CLIENT_SECRET=sandbox-secret
  DHL_BASE_URL=URL    DHL_API_KEY=sandbox-key

What happens to a parcel is a story of one carrier: {"carrier": "fedex", "number": ..., "scans": [...]}.
While it runs, under URL/_sandbox/:

  stories   POST one or a list, GET, DELETE
  clock     POST {"now": ISO} with --clock set, GET
  faults    POST {"kind": "outage", "carrier": "dhl", "from": ISO, "until": ISO}, DELETE
            kinds: 429 500 502 503 status html body slow timeout reset half outage expire_tokens
  limits    POST {"carrier": "usps", "name": "hour", "seconds": 3600, "most": 20, "is_agreed": false}
  calls     GET ?after=COUNT, DELETE
  breaches  GET
"""
WATCH = 0.5  # seconds between two looks at whether the parent still lives


def main() -> int:
    """Print one line of JSON with the port, then serve until told to stop or left alone."""
    chosen = _options().parse_args()
    parent, stopped = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    clients = dict(client.split(":", 1) for client in chosen.client) or CLIENTS
    sandbox = Sandbox(
        clock=_clock(chosen),
        port=chosen.port,
        clients=clients,
        keys=chosen.key or KEYS,
        token_seconds=chosen.token_seconds,
        limits=[*(PUBLISHED if chosen.published_limits else ()), *map(_limit, chosen.limit)],
        is_enforcing=chosen.enforce,
    )
    if chosen.stories is not None:
        sandbox.tell(*(stories.read(story) for story in json.loads(chosen.stories.read_text())))
    with sandbox:
        sys.stdout.write(json.dumps({"port": sandbox.port, "url": sandbox.url, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()
        while not stopped.wait(WATCH) and os.getppid() == parent:
            pass
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="carriers.sandbox",
        description=__doc__,
        epilog=USE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--clock", choices=["set", "warp"], default="set")
    options.add_argument("--start", type=datetime.fromisoformat, required=True, help="story time at the beginning")
    options.add_argument("--factor", type=float, default=1.0, help="warp: story seconds per second")
    options.add_argument("--wall-start", type=float, help="warp: epoch seconds at which it was --start; else now")
    options.add_argument("--client", action="append", default=[], metavar="ID:SECRET", help="of UPS, FedEx and USPS")
    options.add_argument("--key", action="append", default=[], help="of DHL")
    options.add_argument("--token-seconds", type=float, help="instead of each carrier's own")
    options.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="[CARRIER/]NAME:SECONDS:MOST",
        help="in any window of that length",
    )
    options.add_argument("--published-limits", action="store_true", help="the carriers' own, days by GMT")
    options.add_argument("--enforce", action="store_true", help="answer a call over a limit with 429")
    options.add_argument("--stories", type=Path, help="a JSON file: a list of stories")
    return options


def _clock(chosen: argparse.Namespace) -> Clock:
    if chosen.clock == "set":
        return SetClock(chosen.start)
    wall_start = time.time() if chosen.wall_start is None else chosen.wall_start
    return WarpClock(start=chosen.start, factor=chosen.factor, wall_start=wall_start)


def _limit(text: str) -> Limit:
    name, seconds, most = text.split(":")
    carrier, _, name = name.rpartition("/")
    return Limit(carrier=carrier, name=name, seconds=float(seconds), most=int(most))


if __name__ == "__main__":
    sys.exit(main())
