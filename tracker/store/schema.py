"""Which tables this version needs, and how a database gets them."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from tracker.store import columns, help_tables, machine_tables, outbox_tables, tables
from tracker.store.engine import WRITES, open_engine
from tracker.store.errors import StoreUnfit, translated

FOLDER = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7741952)")  # a number nobody else is likely to use

metadata: MetaData = columns.metadata
SUBJECTS = (tables, outbox_tables, machine_tables, help_tables)  # imported so that the metadata knows their tables


def migrate(url: str) -> str:
    """Bring the database to this version's tables; the revision it has now. Safe to run twice, and at once by two."""
    from alembic import command  # here: with what it brings it takes 8 MB, and a web process never migrates
    from alembic.config import Config

    engine = open_engine(url)
    try:
        with translated(), engine.execution_options(**{WRITES: True}).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(ONE_AT_A_TIME)
            config = Config()
            config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return str(_current(connection))
    finally:
        engine.dispose()


def check(engine: Engine) -> str:
    """The revision, when it is ours. Raises StoreUnfit when the database is older, newer or empty."""
    with translated(), engine.begin() as connection:
        return check_here(connection)


def check_here(connection: Connection) -> str:
    """As `check`, inside a transaction."""
    found, needed = _current(connection), newest()
    if found == needed:
        return needed
    if found is None:
        raise StoreUnfit("the database is empty; run `wismo migrate`")
    if found in revisions():
        raise StoreUnfit(f"the database is at revision {found}, this Wismo needs {needed}; run `wismo migrate`")
    raise StoreUnfit(f"the database is at revision {found}, which this Wismo does not know; start the newer Wismo")


def newest() -> str:
    """The revision this version needs."""
    return revisions()[0]


@cache
def revisions() -> tuple[str, ...]:
    """All revisions of this version, the newest first: one line of files, each named after its revision."""
    return tuple(sorted((path.name[:4] for path in FOLDER.glob("versions/[0-9]*.py")), reverse=True))


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
