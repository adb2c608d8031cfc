"""Every value that lies as JSON comes back equal, also when another version wrote it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from notifiers.message import Message
from tests.store.builders import NOON
from tracker.domain.notices import Notice, Told
from tracker.domain.shipments import Item, Standing
from tracker.store.codec import from_plain, to_plain
from tracker.store.columns import Day, Instant

INSTANTS = st.datetimes(timezones=st.just(UTC) | st.timezones())


@given(st.from_type(Told) | st.from_type(Standing) | st.from_type(Message))
def test_what_is_written_is_what_is_read(value: Told | Standing | Message) -> None:
    assert from_plain(type(value), to_plain(value)) == value


def test_a_field_that_is_gone_is_dropped_and_a_new_one_takes_its_default() -> None:
    assert from_plain(Item, {"name": "Lamp", "colour": "red"}) == Item(name="Lamp")


def test_a_value_json_cannot_say_is_a_defect() -> None:
    with pytest.raises(TypeError, match="teach"):
        to_plain(object())


def test_a_told_fact_is_small() -> None:
    plain = to_plain(Told(order_number="1", notice=Notice.SHIPPED, occurred_at=NOON))

    assert "window" not in plain


@given(INSTANTS)
def test_an_instant_is_the_same_instant_after_a_database(at: datetime) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):  # type: ignore[no-untyped-call]
        bound = Instant().process_bind_param(at, dialect)
        read = Instant().process_result_value(bound, dialect)
        assert read == at.astimezone(UTC)  # Python calls a time the clocks skip unequal to every other
        assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Instant().process_bind_param(NOON.replace(tzinfo=None), sqlite.dialect())


def test_a_day_refuses_an_instant() -> None:
    with pytest.raises(ValueError, match="a day has no time"):
        Day().process_bind_param(NOON, sqlite.dialect())
