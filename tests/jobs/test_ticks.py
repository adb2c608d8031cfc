"""Whether each recurring job says that it ended well, and nobody else's failure makes Wismo look ill."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import load
from tracker.jobs import clock
from tracker.store import heartbeats
from tracker.wiring import App, build


@pytest.fixture
def app(tmp_path: Path, migrated_sqlite_url: str) -> Iterator[App]:
    env = {"WISMO_DATA": str(tmp_path), "DATABASE_URL": migrated_sqlite_url, "HEARTBEAT_URL": "http://127.0.0.1:1/"}
    built = build(load(env))
    yield built
    built.close()


def beats(app: App) -> list[str]:
    with app.store.read() as snapshot:
        return [each.name for each in heartbeats.every(snapshot.connection)]


def test_every_job_of_ours_leaves_its_heartbeat(app: App) -> None:
    ours = [tick for tick in clock.ticks(app) if tick.is_ours]

    for tick in ours:
        clock.perform(app, tick)

    assert beats(app) == sorted(tick.name for tick in ours)


def test_the_switch_that_watches_us_is_no_part_of_being_ready(app: App) -> None:
    (beacon,) = [tick for tick in clock.ticks(app) if not tick.is_ours]

    with pytest.raises(OSError, match="refused"):
        clock.perform(app, beacon)
    clock.perform(app, replace(beacon, run=lambda: 1))

    assert beacon.every == timedelta(minutes=1)
    assert beats(app) == []
