"""The web process as it runs in production: many idle connections, a gentle end, and no child left behind."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from config.settings import load
from tests.servers import PATIENCE, answers, until
from tests.web.served import Served, serving
from tests.web.shop import UPS, environment
from tracker.web.serve import address

IDLE = 1_500  # more than granian's default of 1,024, at which it stops serving everything


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


def test_an_order_goes_in_and_its_page_comes_out_over_the_wire(served: Served) -> None:
    page = served.page_of("2026/001 Ø")

    shown = served.get(page)
    again = served.get(page, headers={"If-None-Match": shown.headers["etag"]})

    assert UPS[0] in shown.text
    assert (again.status_code, again.content) == (304, b"")
    read = served.get("/api/v1/orders/2026%2F001%20%C3%98")
    assert read.json()["number"] == "2026/001 Ø"


def test_it_serves_on_while_many_connections_stand_idle(served: Served) -> None:
    page, there = served.page_of(), ("127.0.0.1", served.port)

    with ExitStack() as open_connections:
        for _ in range(IDLE):
            open_connections.enter_context(socket.create_connection(there, PATIENCE.total_seconds()))
        shown = served.get(page)

    assert shown.status_code == 200


def test_it_ends_when_asked_and_leaves_no_child(served: Served) -> None:
    children = psutil.Process(served.process.pid).children(recursive=True)

    served.process.send_signal(signal.SIGTERM)

    assert served.process.wait(PATIENCE.total_seconds()) == 0
    assert not any(child.is_running() for child in children)


def test_its_worker_does_not_outlive_it(served: Served) -> None:
    children = psutil.Process(served.process.pid).children(recursive=True)
    assert children

    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait(PATIENCE.total_seconds())

    until(lambda: not any(_lives(child) for child in children))
    until(lambda: not answers(served.port))


def _lives(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize(
    ("public_url", "proxies", "bound"),
    [
        ("", "", "127.0.0.1"),
        ("https://track.shop.example", "", "0.0.0.0"),
        ("https://track.shop.example", "127.0.0.1", "127.0.0.1"),
        ("https://track.shop.example", "127.0.0.1, 10.0.0.0/8", "0.0.0.0"),
    ],
)
def test_it_listens_no_further_than_it_must(tmp_path: Path, public_url: str, proxies: str, bound: str) -> None:
    variables = environment(f"sqlite:///{tmp_path / 'wismo.sqlite3'}", tmp_path)

    settings = load(variables | {"PUBLIC_URL": public_url, "TRUSTED_PROXIES": proxies})

    assert address(settings) == bound
