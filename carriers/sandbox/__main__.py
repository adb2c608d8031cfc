"""Runs the carrier's server as a process of its own: python -m carriers.sandbox --clock set --start ISO."""

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
from carriers.sandbox.calls import Limit
from carriers.sandbox.clock import Clock, SetClock, WarpClock
from carriers.sandbox.server import CLIENTS, Sandbox

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
        token_seconds=chosen.token_seconds,
        limits=[_limit(text) for text in chosen.limit],
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
    options = argparse.ArgumentParser(prog="carriers.sandbox", description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--clock", choices=["set", "warp"], default="set")
    options.add_argument("--start", type=datetime.fromisoformat, required=True, help="story time at the beginning")
    options.add_argument("--factor", type=float, default=1.0, help="warp: story seconds per second")
    options.add_argument("--wall-start", type=float, help="warp: epoch seconds at which it was --start; else now")
    options.add_argument("--client", action="append", default=[], metavar="ID:SECRET")
    options.add_argument("--token-seconds", type=float, help="instead of each carrier's own")
    options.add_argument("--limit", action="append", default=[], metavar="NAME:SECONDS:MOST")
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
    return Limit(name=name, seconds=float(seconds), most=int(most))


if __name__ == "__main__":
    sys.exit(main())
