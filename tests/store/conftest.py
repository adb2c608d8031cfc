"""What the store's tests get: a migrated database of either engine, copied from one that was migrated once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Postgres
from tests.store.builders import SECRET
from tracker.store.schema import migrate
from tracker.store.unit import SqlStore, open_store


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "wismo.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    name = postgres.create()
    migrate(postgres.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database for one test, on each engine."""
    if request.param == "sqlite":
        path = tmp_path / "wismo.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create(template=request.getfixturevalue("postgres_template"))
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def store(migrated_url: str) -> Iterator[SqlStore]:
    """An open store on it."""
    opened = open_store(migrated_url, secret=SECRET)
    yield opened
    opened.close()
