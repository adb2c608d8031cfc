"""Whether Wismo can say of itself that it lives, that it works, and how much there is to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.servers import until
from tests.web.shop import BOOT, UPS, Client, Shop
from tests.web.stores import AwayStore
from tracker.store import gates, heartbeats
from tracker.store.heartbeats import Heartbeat
from tracker.web.app import create_app
from tracker.web.metrics import Metrics

TEN = timedelta(seconds=10)


def beat(shop: Shop, name: str, *, ago: timedelta) -> None:
    heartbeat = Heartbeat(
        name=name,
        ok_machine_at=shop.clocks.machine - ago,
        every=TEN,
        took=timedelta(milliseconds=3),
        done=2,
    )
    with shop.app.store.begin() as connection:
        heartbeats.beat(connection, heartbeat)


@pytest.fixture
def dark(small_shop: Shop) -> Iterator[Client]:
    """The same installation while its database is away."""
    client = Client(create_app(replace(small_shop.app, store=AwayStore(small_shop.app.store)), version="0.test"))
    yield client
    client.close()


def test_alive_needs_no_database(dark: Client) -> None:
    assert dark.get("/healthz").text == "ok\n"


def test_ready_while_every_job_has_beaten_lately(shop: Shop) -> None:
    beat(shop, "ring_looks", ago=timedelta(seconds=29))
    beat(shop, "worker.looks", ago=timedelta(0))

    answer = shop.client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "troubles": []})


def test_not_ready_when_a_job_has_missed_three_turns_and_it_is_named(shop: Shop) -> None:
    beat(shop, "ring_looks", ago=timedelta(seconds=31))
    beat(shop, "worker.looks", ago=timedelta(0))

    answer = shop.client.get("/readyz")

    assert answer.status_code == 503
    assert [each["what"] for each in answer.json()["troubles"]] == ["ring_looks"]
    assert "31 s ago" in answer.json()["troubles"][0]["problem"]


def test_not_ready_before_the_clock_has_ever_run(small_shop: Shop) -> None:
    assert [each["what"] for each in small_shop.client.get("/readyz").json()["troubles"]] == ["clock"]


def test_not_ready_while_the_database_is_away(dark: Client) -> None:
    answer = dark.get("/readyz")

    assert (answer.status_code, answer.json()["troubles"][0]["what"]) == (503, "database")


def test_not_ready_over_tables_of_another_version(shop: Shop) -> None:
    beat(shop, "ring_looks", ago=timedelta(0))
    with shop.app.store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    answer = shop.client.get("/readyz")

    assert answer.status_code == 503
    assert "start the newer Wismo" in answer.json()["troubles"][0]["problem"]


def test_figures_are_computed_from_rows(shop: Shop) -> None:
    shop.an_order()
    beat(shop, "ring_looks", ago=timedelta(seconds=7))
    with shop.app.store.begin() as connection:
        gates.close(
            connection, "carrier:ups", reason="busy", until_machine_at=BOOT + TEN, machine_now=shop.clocks.machine
        )
    shop.clocks.shop += timedelta(seconds=90)

    text_ = shop.client.get("/metrics").text

    lines = text_.splitlines()
    assert 'wismo_notifications{channel="email",state="pending",why_not=""} 1.0' in lines
    assert 'wismo_overdue_seconds{what="looks"} 90.0' in lines
    assert 'wismo_gate_closed{gate="carrier:ups"} 1.0' in lines
    assert 'wismo_heartbeat_age_seconds{job="ring_looks"} 7.0' in lines
    assert UPS[0] not in text_
    assert "2026/001" not in text_


def test_the_pages_that_stand_open_here_are_counted(small_shop: Shop) -> None:
    assert "wismo_live_pages 0.0" in small_shop.client.get("/metrics").text.splitlines()

    lines = Metrics(small_shop.app, streams=range(3)).text().decode().splitlines()

    assert "wismo_live_pages 3.0" in lines
    assert f"wismo_live_pages_limit {small_shop.app.settings.live_pages:.1f}" in lines


def test_figures_of_an_empty_installation_are_zero_not_missing(small_shop: Shop) -> None:
    lines = small_shop.client.get("/metrics").text.splitlines()

    assert 'wismo_overdue_seconds{what="messages"} 0.0' in lines


def test_figures_follow_what_happens(small_shop: Shop) -> None:
    assert "wismo_pauses 0.0" in small_shop.client.get("/metrics").text
    small_shop.app.ops.pause(brand=small_shop.brand, reason="test")

    until(lambda: "wismo_pauses 1.0" in small_shop.client.get("/metrics").text)


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("127.0.0.1", "", 200),
        ("10.1.2.3", "", 200),  # an address in TRUSTED_PROXIES: the scraper of one's own network
        ("192.0.2.7", "", 404),
        ("127.0.0.1", "192.0.2.7", 404),  # a proxy on this machine that passes everything on
        ("10.1.2.3", "127.0.0.1", 404),
    ],
)
def test_figures_are_for_neighbours_only(small_shop: Shop, peer: str, forwarded: str, status: int) -> None:
    client = Client(create_app(small_shop.app, version="0.test"), peer=peer)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    answer = client.get("/metrics", headers=headers)
    client.close()

    assert answer.status_code == status


def test_figures_say_when_the_database_is_away(dark: Client) -> None:
    assert dark.get("/metrics").status_code == 503
