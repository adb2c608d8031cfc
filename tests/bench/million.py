"""A million orders in PostgreSQL: copies of those that the product took in itself, row by row and column by column."""

from collections.abc import Sequence
from time import perf_counter

from sqlalchemy import Column, Connection, Table, bindparam, text, update

from tests.bench.figures import remark
from tracker.store.columns import ID, Instant
from tracker.store.outbox_tables import page_tokens
from tracker.store.schema import metadata
from tracker.store.vault import fingerprint
from tracker.wiring import App

COPIES = 50_000  # of each order there is
WITH_SCANS = 10_000  # of these copies: scans are the bulk, and a million orders with all of theirs would take minutes
ORDERS = ("orders", "recipients", "contacts", "consents", "shipments", "page_tokens")
SCANS = ("events",)
NTH = "lpad(to_hex(i), 8, '0')"  # an id begins with the number of its copy: in rising order, as new ids are
SPREAD = "(i * 7919 % 86400) * interval '1 second'"  # no two orders near each other tell the same times
# What may not be there twice, or says which order this is.
OWN = {
    ("orders", "number"): "number || '-' || i",
    ("shipments", "tracking_number"): "left(tracking_number, 10) || lpad(CAST(i AS text), 8, '0')",
    ("page_tokens", "token_sha256"): "encode(sha256(CAST(id || i AS bytea)), 'hex')",
}


def multiply(app: App) -> None:
    """Every order there is, again and again, with its people, parcel, scans and link."""
    began = perf_counter()
    with app.store.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # millions of foreign keys
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for name in ORDERS:
            _copy(connection, metadata.tables[name], COPIES)
        for name in SCANS:
            _copy(connection, metadata.tables[name], WITH_SCANS)
    with app.store.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("ANALYZE")
        rows = {name: _count(connection, name) for name in (*ORDERS, *SCANS)}
    remark(f"# {', '.join(f'{n:,} {name}' for name, n in rows.items())} in {perf_counter() - began:.0f} s")


def linked(app: App, ids: Sequence[str], pages: int) -> list[str]:
    """So many of the copies, far from each other; their links become ones that the product can give out."""
    copies = range(1, WITH_SCANS, WITH_SCANS // pages)[:pages]
    chosen = [f"{n:08x}{ids[n % len(ids)][8:]}" for n in copies]
    rows = [{"this": each, "sha256": fingerprint(app.store.vault.page_token(each))} for each in chosen]
    as_made = update(page_tokens).where(page_tokens.c.id == bindparam("this"))
    with app.store.begin() as connection:
        connection.execute(as_made.values(token_sha256=bindparam("sha256")), rows)
    return chosen


def _copy(connection: Connection, table: Table, copies: int) -> None:
    values = ", ".join(_value(table.name, column) for column in table.columns)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    many = f"generate_series(CAST(1 AS bigint), :copies) AS g(i), {table.name}"
    connection.execute(text(f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {many}"), {"copies": copies})


def _value(table: str, column: Column[object]) -> str:
    name = f'"{column.name}"'
    if (table, column.name) in OWN:
        return OWN[table, column.name]
    if column.type is ID:
        return f"{NTH} || substr({name}, 9)"
    return f"{name} - {SPREAD}" if isinstance(column.type, Instant) else name


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
