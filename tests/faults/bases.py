"""The databases a soak runs on, and how each of them can be troubled."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.proxy import FaultProxy
from tests.servers import new_folder, running_postgres
from tracker.store.schema import migrate

Mend = Callable[[], None]


@dataclass(slots=True, kw_only=True)
class Base:
    """A database, and how to trouble it."""

    url: str
    seen_by_processes: str
    trouble: Callable[[Random], tuple[str, Mend]]


@contextmanager
def _sqlite() -> Iterator[Base]:
    folder = new_folder("wismo-db-")
    file = folder / "wismo.sqlite3"
    migrate(f"sqlite:///{file}")
    url = f"sqlite:///{file}"
    yield Base(url=url, seen_by_processes=url, trouble=lambda chance: _lock(file))


def _lock(file: Path) -> tuple[str, Mend]:
    other = sqlite3.connect(file, isolation_level=None, timeout=10)
    with suppress(sqlite3.OperationalError):  # somebody frozen may hold it already
        other.execute("BEGIN IMMEDIATE")
    return "write lock", other.close


@contextmanager
def _postgresql() -> Iterator[Base]:
    with running_postgres() as server, FaultProxy(server.socket_path) as line:
        name = server.create()
        migrate(server.url(name))
        through = f"postgresql+psycopg://postgres@127.0.0.1:{line.port}/{name}"
        yield Base(url=server.url(name), seen_by_processes=through, trouble=lambda chance: _disturb(line, chance))


def _disturb(line: FaultProxy, chance: Random) -> tuple[str, Mend]:
    match chance.choice(["cut", "stalled", "slow", "deaf"]):
        case "cut":
            line.cut()
            return "cut", line.mend
        case "stalled":
            line.stall()
            return "stalled", line.mend
        case "slow":
            line.delay(0.05)
            return "slow", line.mend
        case _:
            line.lose_answers()
            return "answers lost", line.mend


BASES = {"sqlite": _sqlite, "postgresql": _postgresql}
