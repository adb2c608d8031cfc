"""Migrations end at exactly the tables the code works with, on both engines."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, inspect, text

from tracker.store import schema
from tracker.store.columns import Instant
from tracker.store.engine import open_engine
from tracker.store.errors import StoreUnfit


def test_migrations_and_metadata_agree(database_url: str) -> None:
    schema.migrate(database_url)

    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, schema.metadata)
        indexes = {
            str(index["name"]) for table in schema.metadata.tables for index in inspect(connection).get_indexes(table)
        }
    engine.dispose()

    assert differences == []
    assert {str(index.name) for table in schema.metadata.tables.values() for index in table.indexes} <= indexes


def test_migrating_twice_and_at_once_is_migrating_once(database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        revisions = list(pool.map(schema.migrate, [database_url] * 3))

    assert revisions == [schema.newest()] * 3


def test_each_migration_is_in_the_file_of_its_number_and_one_line() -> None:
    steps = list(ScriptDirectory(str(schema.FOLDER)).walk_revisions())

    assert tuple(step.revision for step in steps) == schema.revisions()


def test_an_unmigrated_database_is_refused_with_the_command_to_run(database_url: str) -> None:
    engine = open_engine(database_url)

    with pytest.raises(StoreUnfit, match="wismo migrate"):
        schema.check(engine)

    engine.dispose()


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    schema.migrate(database_url)
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreUnfit, match="start the newer Wismo"):
        schema.check(engine)

    engine.dispose()


def test_every_time_column_keeps_its_zone() -> None:
    times = [column for table in schema.metadata.tables.values() for column in table.c if column.name.endswith("_at")]

    assert times
    assert all(isinstance(column.type, Instant) for column in times)


def test_no_table_has_a_column_type_that_loses_a_zone() -> None:
    columns = [column for table in schema.metadata.tables.values() for column in table.c]

    assert not [column for column in columns if isinstance(column.type, DateTime)]


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("", "write sqlite:///"),
        ("mysql://root@localhost/shop", "keeps its data in"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_address_that_cannot_be_served_says_what_to_write(url: str, fix: str) -> None:
    with pytest.raises(StoreUnfit, match=fix):
        open_engine(url)
