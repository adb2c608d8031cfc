"""The settings become one App that works from the first call on an empty installation."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from carriers.events import Milestone
from config.settings import Settings, load
from tests.domain.builders import a_brand, a_scan
from tests.pipeline.world import Clocks, World
from tracker.domain.notices import Notice
from tracker.pipeline.ports import StoreAway
from tracker.policies import look_pace, send_pace
from tracker.render.themes import ThemeUnreadable
from tracker.wiring import build

UPS = {"UPS_CLIENT_ID": "id", "UPS_CLIENT_SECRET": "secret", "UPS_BASE_URL": "http://127.0.0.1:9"}


def settings(tmp_path: Path, migrated_url: str, **env: str) -> Settings:
    return load({"WISMO_DATA": str(tmp_path / "data"), "DATABASE_URL": migrated_url, **env})


def test_an_empty_installation_has_nothing_to_do(tmp_path: Path, migrated_url: str) -> None:
    app = build(settings(tmp_path, migrated_url, **UPS))

    done = [app.ring_looks(), app.ring_dispatch(), app.expire_leases(), app.reconcile(), app.expire(), app.review()]

    assert done == [0] * 6
    assert app.poll("ups").looks == 0
    assert app.work_directly(("looks", "dispatch"), stopping=lambda: False) == 0
    app.close()


def test_a_carrier_without_credentials_is_off_and_says_so(tmp_path: Path, sqlite_url: str) -> None:
    app = build(settings(tmp_path, sqlite_url))

    assert app.carriers == {}
    assert "UPS_CLIENT_ID" in app.settings.carriers["ups"].why_off
    app.close()


def test_nothing_is_connected_while_it_is_built(tmp_path: Path) -> None:
    """A process starts while its database and queue are away, and says so when it is asked to work."""
    nobody = "postgresql://nobody@127.0.0.1:9/nothing"
    app = build(settings(tmp_path, nobody, REDIS_URL="redis://127.0.0.1:9/0", **UPS))

    with pytest.raises(StoreAway):
        app.ring_dispatch()
    assert not app.doorbell.ping()
    app.close()


def test_a_theme_nobody_can_read_stops_the_start(tmp_path: Path, sqlite_url: str) -> None:
    read = settings(tmp_path, sqlite_url)
    pale = replace(read.brands[0], theme=replace(read.brands[0].theme, ink="#cccccc", paper="#ffffff"))

    with pytest.raises(ThemeUnreadable):
        build(replace(read, brands=(pale,)))


def test_a_shop_pauses_and_resumes_its_messages(tmp_path: Path, migrated_url: str) -> None:
    app = build(settings(tmp_path, migrated_url))

    app.ops.pause(brand="fjord", notice=Notice.DELIVERED, reason="wrong template")

    assert not app.ops.resume(brand="fjord")
    assert app.ops.resume(brand="fjord", notice=Notice.DELIVERED)
    app.close()


def test_one_process_leads_until_its_lease_ends(tmp_path: Path, migrated_url: str) -> None:
    app = build(settings(tmp_path, migrated_url))
    minute = timedelta(minutes=1)

    assert app.ops.take_lease("clock", owner="one", lasts=minute)
    assert not app.ops.take_lease("clock", owner="two", lasts=minute)
    app.ops.drop_lease("clock", owner="one")
    assert app.ops.take_lease("clock", owner="two", lasts=minute)
    app.close()


def test_scaled_timing_scales_every_duration_of_the_steps(tmp_path: Path, sqlite_url: str) -> None:
    timing = settings(tmp_path, sqlite_url).timing

    quick, usual = look_pace(timing.scaled(1 / 30)), look_pace(timing)
    assert quick.down_for == usual.down_for / 30
    assert quick.turn < quick.lease
    assert send_pace(timing.scaled(1 / 30)).retry_steps[0] == send_pace(timing).retry_steps[0] / 30


def test_a_page_view_brings_the_next_look_forward(tmp_path: Path, migrated_url: str) -> None:
    clocks = Clocks()
    read = settings(tmp_path, migrated_url, **UPS)
    app = build(read, now=clocks.now, machine_now=clocks.machine_now)
    world = World(store=app.store, clocks=clocks, rules=replace(app.rules, brands={"fern": a_brand()}))
    order = world.order()
    world.say(order.shipments[0], a_scan(Milestone.PICKED_UP))
    world.look()
    planned = world.shipment(order.shipments[0]).watch.next_look_at

    clocks.pass_by(timedelta(minutes=10))
    app.watched(order.id)

    watch = world.shipment(order.shipments[0]).watch
    assert planned is not None
    assert planned > clocks.shop
    assert watch.next_look_at == watch.watched_at == clocks.shop
    app.close()


def test_a_page_that_is_opened_after_the_delivery_is_known_as_opened_and_plans_nothing(
    tmp_path: Path, migrated_url: str
) -> None:
    clocks = Clocks()
    app = build(settings(tmp_path, migrated_url, **UPS), now=clocks.now, machine_now=clocks.machine_now)
    world = World(store=app.store, clocks=clocks, rules=replace(app.rules, brands={"fern": a_brand()}))
    order = world.order()
    world.say(order.shipments[0], a_scan(Milestone.DELIVERED))
    world.look()
    planned = world.shipment(order.shipments[0]).watch.next_look_at

    clocks.pass_by(timedelta(minutes=10))
    app.watched(order.id)

    watch = world.shipment(order.shipments[0]).watch
    assert (watch.next_look_at, watch.watched_at) == (planned, clocks.shop)
    app.close()


def test_a_process_without_a_doorbell_finds_its_work_itself(tmp_path: Path, migrated_url: str) -> None:
    clocks, told = Clocks(), settings(tmp_path, migrated_url, **UPS)
    minutes = replace(told.timing, ring=timedelta(minutes=4), sweep=timedelta(minutes=5))  # looks get a fifth of ring
    unhurried = replace(told, timing=minutes)
    app = build(unhurried, now=clocks.now, machine_now=clocks.machine_now)
    world = World(store=app.store, clocks=clocks, rules=replace(app.rules, brands={"fern": a_brand()}))
    world.order()

    done = app.work_directly(("looks", "dispatch"), stopping=lambda: False)

    assert done == 1  # asked, at a port where nobody listens
    assert app.ring_looks() == 0
    app.close()
