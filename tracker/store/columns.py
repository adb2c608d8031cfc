"""The columns every table is made of: instants that cannot lose their zone, days that have none, ids."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(32)  # UUIDv7, hexadecimal: sorts by time

Plain = JSON(none_as_null=True)  # what codec.to_plain gives; None is NULL, not the text "null"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC: timestamptz on PostgreSQL, microseconds since 1970 on SQLite.

    SQLAlchemy's own DateTime(timezone=True) drops the offset on SQLite without converting. Raises ValueError on naive.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone; instants are aware")
        if dialect.name == "postgresql":
            return value.astimezone(UTC)
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            at: datetime = value
            return at.astimezone(UTC)
        return EPOCH + timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A calendar day at some place; refuses an instant, which would hide a zone."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> date | None:  # noqa: ARG002 - SQLAlchemy calls it
        if isinstance(value, datetime):
            raise ValueError(f"{value!r} is an instant; a day has no time")
        return value


class Words(TypeDecorator[str]):
    """Text that others wrote, shown but never compared: cut to fit, without the zero byte PostgreSQL refuses."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy calls it
        if value is None:
            return None
        return value.replace("\0", "")[: self.impl_instance.length]  # type: ignore[attr-defined]
