"""The stand-in as a witness: it counts every call by itself and tells who asked too often."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from carriers.sandbox import stories
from carriers.sandbox.calls import PUBLISHED, Call, Calls, Limit
from carriers.sandbox.clock import SetClock, WarpClock
from carriers.sandbox.server import Sandbox
from tests.sandbox.journeys import DELIVERED_NEXT_DAY, NOON, NUMBER, look, token
from tests.servers import PATIENCE, answers, until

SECOND = Limit(name="second", seconds=1, most=3)


def counted(*moments: float, limits: list[Limit]) -> Calls:
    calls = Calls(limits)
    for moment in moments:
        calls.count(Call(at=moment, credential="shop", kind="track"))
    return calls


@pytest.mark.parametrize(
    ("moments", "breached"),
    [
        ((0.0, 0.1, 0.2), 0),
        ((0.0, 0.1, 0.2, 0.9), 1),
        ((0.0, 0.1, 0.2, 1.0), 0),  # the first has left the window
        ((0.8, 0.9, 1.0, 1.1, 1.2), 2),  # four around the full second: a fixed window would not see it
        ((0.0, 0.1, 0.2, 0.3, 5.0), 1),
    ],
)
def test_a_planted_breach_is_caught_wherever_the_window_lies(moments: tuple[float, ...], breached: int) -> None:
    assert counted(*moments, limits=[SECOND]).breached == breached


def test_each_limit_and_each_credential_is_counted_for_itself() -> None:
    calls = Calls([SECOND, Limit(name="day", seconds=100, most=5)])
    for number in range(6):
        calls.count(Call(at=number * 10.0, credential="shop", kind="track"))
        calls.count(Call(at=number * 10.0, credential=f"other {number}", kind="token"))

    (breach,) = calls.breaches
    assert (breach.credential, breach.limit, breach.count, breach.most) == ("shop", "day", 6, 5)
    assert calls.peaks["ups/shop"] == {"second": 1, "day": 6}


def test_every_call_counts_also_refused_and_failed_ones() -> None:
    limits = [Limit(name="hour", seconds=60, most=4)]
    with Sandbox(clock=SetClock(NOON), limits=limits) as carrier, httpx.Client(base_url=carrier.url) as line:
        bearer = token(line)
        look(line, bearer=bearer)
        look(line, bearer="wrong")
        carrier.fault(kind="500")
        look(line, bearer=bearer)
        look(line, "123", bearer=bearer)
        before = line.get("/_sandbox/breaches").json()
        look(line, bearer=bearer)
        told, after = line.get("/_sandbox/calls").json(), line.get("/_sandbox/breaches").json()

    assert [(call["kind"], call["credential"], call["status"]) for call in told["calls"]] == [
        ("token", "sandbox-client", 200),
        ("track", "sandbox-client", 200),
        ("track", "unknown", 401),
        ("track", "sandbox-client", 500),
        ("track", "sandbox-client", 400),
        ("track", "sandbox-client", 200),
    ]
    assert (told["total"], told["by_kind"], told["tokens_issued"]) == (6, {"token": 1, "track": 5}, 1)
    assert (before["breached"], after["breached"]) == (0, 1)
    assert after["peaks"]["ups/sandbox-client"] == {"hour": 5}


def test_only_new_calls_are_told_when_asked_so(carrier: Sandbox, line: httpx.Client) -> None:
    bearer = token(line)
    look(line, bearer=bearer)

    assert len(line.get("/_sandbox/calls?after=1").json()["calls"]) == 1
    assert line.get("/_sandbox/calls?after=2").json()["calls"] == []
    line.delete("/_sandbox/calls").raise_for_status()
    assert line.get("/_sandbox/calls").json()["total"] == 0


def test_a_strict_carrier_answers_a_call_too_many_with_429() -> None:
    limits = [Limit(name="hour", seconds=60, most=2)]
    with (
        Sandbox(clock=SetClock(NOON), limits=limits, is_enforcing=True) as carrier,
        httpx.Client(base_url=carrier.url) as line,
    ):
        bearer = token(line)

        assert [look(line, bearer=bearer).status_code for _ in range(2)] == [200, 429]


def test_many_connections_are_answered_at_once(carrier: Sandbox) -> None:
    carrier.tell(DELIVERED_NEXT_DAY)
    with httpx.Client(base_url=carrier.url) as line:
        bearer = token(line)
    seen: list[int] = []

    def ask() -> None:
        with httpx.Client(base_url=carrier.url) as line:
            seen.extend(look(line, bearer=bearer).status_code for _ in range(20))

    callers = [threading.Thread(target=ask) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert seen == [200] * 160
    assert carrier.api.calls.total == {"token": 1, "track": 160}


def test_requests_sent_in_one_go_are_answered_in_order(carrier: Sandbox) -> None:
    carrier.fault(kind="slow", seconds=0.1, number="FIRST77")
    carrier.fault(kind="503", number="SECOND7")
    heard = b""

    with socket.create_connection(("127.0.0.1", carrier.port), timeout=PATIENCE.total_seconds()) as caller:
        for number in ("FIRST77", "SECOND7"):
            caller.sendall(f"GET /api/track/v1/details/{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while heard.count(b"HTTP/1.1") < 2:
            heard += caller.recv(4096)

    assert heard.index(b"HTTP/1.1 401") < heard.index(b"HTTP/1.1 503")


def test_the_clock_is_set_over_http(line: httpx.Client) -> None:
    line.post("/_sandbox/clock", json={"now": "2026-05-01T09:00:00+02:00"}).raise_for_status()

    assert line.get("/_sandbox/clock").json() == {"now": "2026-05-01T09:00:00+02:00"}
    assert line.post("/_sandbox/clock", json={"now": "2026-05-01T09:00:00"}).status_code == 400


def test_a_warped_clock_runs_by_itself_and_alike_everywhere() -> None:
    wall = time.time() - 10
    here, there = (WarpClock(start=NOON, factor=360, wall_start=wall) for _ in range(2))

    before, other, after = here.now(), there.now(), here.now()

    assert NOON + timedelta(hours=1) <= before <= other <= after
    with Sandbox(clock=here) as carrier:
        answer = httpx.post(f"{carrier.url}/_sandbox/clock", json={"now": NOON.isoformat()})
        assert (answer.status_code, "set" in answer.json()["error"]) == (400, True)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    file = tmp_path / "stories.json"
    file.write_text(json.dumps([stories.as_json(DELIVERED_NEXT_DAY)]))
    return file


@pytest.fixture
def process(told: Path) -> Iterator[subprocess.Popen[str]]:
    """The stand-in as a process of its own."""
    command = [sys.executable, "-m", "carriers.sandbox", "--clock", "warp", "--factor", "3600", "--client", "shop:key"]
    command += [
        "--start",
        NOON.isoformat(),
        "--limit",
        "second:1:5",
        "--limit",
        "dhl/week:604800:9",
        "--key",
        "shop-key",
    ]
    command += ["--stories", str(told), "--published-limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def test_it_runs_as_a_process_and_ends_when_told(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())

    with httpx.Client(base_url=ready["url"]) as line:
        answer = line.post("/security/v1/oauth/token", auth=("shop", "key"), data={"grant_type": "client_credentials"})
        first = look(line, NUMBER, bearer=answer.json()["access_token"]).json()
        limits = [Limit(**each) for each in line.get("/_sandbox/breaches").json()["limits"]]
        keys = [
            line.get("/track/shipments", params={"trackingNumber": "1"}, headers={"DHL-API-Key": key}).status_code
            for key in ("shop-key", "sandbox-key")
        ]
        now = datetime.fromisoformat(line.get("/_sandbox/clock").json()["now"])
    process.terminate()

    assert first["trackResponse"]["shipment"][0]["package"][0]["trackingNumber"] == NUMBER
    week = Limit(carrier="dhl", name="week", seconds=604800, most=9)
    assert limits == [*PUBLISHED, Limit(name="second", seconds=1, most=5), week]
    assert keys == [404, 401]
    assert NOON < now < datetime(2030, 1, 1, tzinfo=UTC)
    assert process.wait(PATIENCE.total_seconds()) == 0


def test_its_help_says_how_to_point_all_four_carriers_at_it() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "carriers.sandbox", "--help"], capture_output=True, text=True, check=True
    ).stdout

    for name in ("UPS", "FEDEX", "USPS", "DHL"):
        assert f"{name}_BASE_URL=URL" in told


def test_it_does_not_outlive_its_parent() -> None:
    parent = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'carriers.sandbox', '--start', '2026-03-02T12:00:00+00:00'],"
        " stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = json.loads(process.stdout.readline())
        process.kill()

    until(lambda: not answers(child["port"]), what="the sandbox to go")
