"""What the stuck queue says on each of its faces, each asked as people ask it: a command, a call, a page."""

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from config.warp import Warp
from tracker.domain.problems import StuckReason

ADMIN, PASSWORD = "ops", "where-is-my-order"  # everything it opens is invented
PATIENCE = 30.0  # seconds until the web process answers
TIMEOUT = 20.0  # seconds of one call
MOST = 500  # rows of one answer

Reasons = dict[str, tuple[str, ...]]  # by order number, the gravest first


def ask_all(told: Mapping[str, str], *, now: datetime) -> dict[str, Reasons]:
    """All three, of one installation, at one instant of shop time; the API also reason by reason."""
    warp = Warp(shop_from=now, machine_from=datetime.now(UTC), factor=1)
    environment = {**os.environ, **told, "WISMO_WARP": str(warp), "PORT": str(_free_port())}
    _run(environment, "admin", "create", ADMIN, given=PASSWORD)
    key = _run(environment, "key", "faces", "--brand", "alpenglow").strip().splitlines()[-1].strip()
    with _web(environment) as url:
        return {
            "command": _command(environment),
            "API": _api(url, key),
            "API by reason": _api_by_reason(url, key),
            "console": _console(url),
        }


def _command(environment: Mapping[str, str]) -> Reasons:
    rows = json.loads(_run(environment, "stuck", "--format", "json", "--limit", str(MOST), code=1))
    return {row["order"]: (row["reason"], *row["also"].split()) for row in rows}


def _api(url: str, key: str, **narrowed: str) -> Reasons:
    found: Reasons = {}
    after = ""
    while True:
        query = urlencode({"limit": 100, "after": after} | narrowed)
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{url}/api/v1/stuck?{query}", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - loopback
            page: dict[str, Any] = json.loads(answer.read())
        found |= {row["order"]: tuple(each["reason"] for each in row["problems"]) for row in page["stuck"]}
        after = page["next"]
        if not after:
            return found


def _api_by_reason(url: str, key: str) -> Reasons:
    """Each order with the reasons under which it is found: its own and no other."""
    under = {reason: _api(url, key, reason=reason).keys() for reason in StuckReason}
    return {
        order: tuple(
            reason
            for reason in (*own, *(each for each in StuckReason if each not in own))
            if order in under[StuckReason(reason)]
        )
        for order, own in _api(url, key).items()
    }


def _console(url: str) -> Reasons:
    """As somebody who logs in, sees the page and takes the file."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = browser.open(f"{url}/ops/login", timeout=TIMEOUT).read().decode()
    csrf = re.search(r'name="csrf" value="([^"]+)"', form)
    said = {"csrf": csrf[1] if csrf else "", "name": ADMIN, "password": PASSWORD, "next": "/ops/stuck"}
    browser.open(f"{url}/ops/login", data=urlencode(said).encode(), timeout=TIMEOUT).read()
    sheet = browser.open(f"{url}/ops/stuck.csv", timeout=TIMEOUT).read().decode("utf-8-sig")
    return {row["order"]: (row["reason"], *row["also"].split()) for row in csv.DictReader(io.StringIO(sheet))}


@contextmanager
def _web(environment: Mapping[str, str]) -> Iterator[str]:
    """The real web process, until the block ends."""
    url = f"http://127.0.0.1:{environment['PORT']}"
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", "web"],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(f"{url}/healthz")
            yield url
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _wait_for(url: str) -> None:
    gives_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < gives_up_at:
        with suppress(OSError), urllib.request.urlopen(url, timeout=1):  # noqa: S310 - loopback
            return
        time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")


def _run(environment: Mapping[str, str], *words: str, given: str = "", code: int = 0) -> str:
    """One command of ours. Raises RuntimeError with what it said when it ends otherwise."""
    done = subprocess.run(  # noqa: S603 - our own command, our own words
        [sys.executable, "-m", "tracker", *words],
        env=dict(environment),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != code:
        raise RuntimeError(f"wismo {words[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
