"""How the rows of several queries come in one journey to the database: as JSON, read back as their columns are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import JSON, Boolean, ColumnElement, Date, LargeBinary, ScalarSelect, Select, func

from tracker.store.columns import EPOCH, Day, Instant, Plain

Rows = Sequence[Sequence[Any]] | None  # as they come; None for none
Read = Callable[[Rows], list[Any]]

_ARRAYS: Mapping[str, tuple[Any, Any]] = {
    "postgresql": (func.json_build_array, func.json_agg),
    "sqlite": (func.json_array, func.json_group_array),
}


def within(query: Select[Any], dialect: str) -> ScalarSelect[Any]:
    """The query's rows as one value of a statement; their order is lost."""
    array, rows = _ARRAYS[dialect]
    values = [_as_json(each, dialect) for each in query.selected_columns]
    return query.with_only_columns(rows(array(*values), type_=Plain)).order_by(None).scalar_subquery()


def reader(query: Select[Any], dialect: str) -> Read:
    """What makes rows of that value again: the columns' names and the values the query alone would give."""
    columns = list(query.selected_columns)
    names = [str(each.key) for each in columns]
    decoders = [_decoder(each, dialect) for each in columns]

    def read(rows: Rows) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                **{
                    name: decode(value) if decode and value is not None else value
                    for name, decode, value in zip(names, decoders, row, strict=True)
                }
            )
            for row in rows or ()
        ]

    return read


def _as_json(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Bytes as hexadecimal digits; SQLite keeps JSON as text."""
    if isinstance(column.type, LargeBinary):
        return func.encode(column, "hex") if dialect == "postgresql" else func.hex(column)
    if isinstance(column.type, JSON) and dialect == "sqlite":
        return func.json(column)
    return column


def _decoder(column: ColumnElement[Any], dialect: str) -> Callable[[Any], Any] | None:
    """None: JSON says it as it is."""
    match column.type:
        case Instant():
            return datetime.fromisoformat if dialect == "postgresql" else _instant
        case Day() | Date():
            return date.fromisoformat
        case LargeBinary():
            return _bytes
        case Boolean():
            return bool
        case _:
            return None


def _instant(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def _bytes(digits: str) -> bytes | None:
    return bytes.fromhex(digits) or None  # SQLite writes NULL as no digits
