"""What every test gets: real servers, a shut network, properties that repeat exactly."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG as HTTPX_WAITS
from hypothesis import HealthCheck, settings

from tests.network import Guard, Reach, install
from tests.servers import PATIENCE, Postgres, Valkey, new_folder, running_postgres, running_valkey

ROOT = Path(__file__).parent
ROOMS_WITHOUT_SOCKETS = frozenset({"domain", "render"})
CHROMIUM = shutil.which("chromium")
NO_CHROMIUM = "Chromium is not installed: apt-get install chromium"

# The same examples on every run, no file of past failures: a red run is red for everyone, and no test depends on time.
settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("exploring", settings.get_profile("repeatable"), derandomize=False)
settings.load_profile(os.environ.get("WISMO_HYPOTHESIS", "repeatable"))

# What httpx calls a default is five seconds, in every call that names none.
HTTPX_WAITS.connect = HTTPX_WAITS.read = HTTPX_WAITS.write = HTTPX_WAITS.pool = PATIENCE.total_seconds()

GUARD = pytest.StashKey[Guard]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[GUARD] = install()


@pytest.fixture
def guard(request: pytest.FixtureRequest) -> Guard:
    """The network guard, for tests about it."""
    return request.config.stash[GUARD]


@pytest.fixture(autouse=True)
def shut_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Loopback for all, nothing for the pure rooms; also when the product swallowed the refusal."""
    guard = request.config.stash[GUARD]
    guard.refused.clear()
    room = request.path.relative_to(ROOT).parts[0]
    with guard.limited_to(Reach.NOWHERE if room in ROOMS_WITHOUT_SOCKETS else Reach.LOOPBACK):
        yield
    assert not guard.refused, f"reached out: {guard.refused}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run, started by the first test that wants it (0.9 s measured)."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database for one test."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def sqlite_url() -> Iterator[str]:
    """A SQLite file for one test, not there yet."""
    folder = new_folder("wismo-db-")
    yield f"sqlite:///{folder / 'wismo.sqlite3'}"
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database for one test, which runs once on each engine."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a database with all tables, to be copied."""
    name = postgres.create()
    from tracker.store import schema  # here: most tests never need it

    schema.migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "wismo.sqlite3"
    from tracker.store import schema

    schema.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def migrated_sqlite_url(migrated_sqlite: Path, sqlite_url: str) -> str:
    """A SQLite file of one test with all tables and no rows."""
    shutil.copy(migrated_sqlite, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture
def migrated_postgres_url(migrated_postgres: str, postgres: Postgres) -> Iterator[str]:
    """A PostgreSQL database of one test with all tables and no rows."""
    name = postgres.create(template=migrated_postgres)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """All tables and no rows, once on each engine; copied, not migrated anew."""
    fixture = {"sqlite": "migrated_sqlite_url", "postgresql": "migrated_postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def valkey_for_all() -> Iterator[Valkey]:
    """One Valkey for the tests that leave it alive."""
    with running_valkey(keeps_data=False) as server:
        yield server


@pytest.fixture
def redis_url(valkey_for_all: Valkey) -> str:
    """An empty, shared Valkey, as REDIS_URL."""
    valkey_for_all.flush()
    return valkey_for_all.url


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A Valkey of the test's own, to kill, freeze and start again."""
    with running_valkey() as server:
        yield server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium, browser tests are left out loudly, or fail where a browser is required."""
    if CHROMIUM:
        return
    for item in items:
        if item.get_closest_marker("browser") and not _browser_is_required():
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and not CHROMIUM and _browser_is_required():
        pytest.fail(f"{NO_CHROMIUM} (WISMO_REQUIRE_BROWSER=1)", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"WARNING: {len(skipped)} browser tests did NOT run. {NO_CHROMIUM}", red=True)


def _browser_is_required() -> bool:
    return os.environ.get("WISMO_REQUIRE_BROWSER") == "1"
