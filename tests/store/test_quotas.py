"""No limit is exceeded in any span of time, however many processes ask at once."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import BOOT
from tests.store.racers import racing, spend_for
from tracker.pipeline.ports import Quota
from tracker.store import quotas
from tracker.store.unit import SqlStore

MIDNIGHT = datetime(2026, 5, 6, tzinfo=UTC)


def most_in_any_span(instants: Sequence[float], span: float) -> int:
    """As the strictest peer would count: the fullest window that begins at any call."""
    ordered = sorted(instants)
    return max(
        (sum(start <= each <= start + span for each in ordered[i:]) for i, start in enumerate(ordered)), default=0
    )


def test_four_processes_stay_below_a_limit_per_second(migrated_url: str) -> None:
    limit = Quota(limit=10, per=timedelta(seconds=0.5))

    allowed = [each for calls in racing(spend_for, migrated_url, (limit,), 10, processes=4) for each in calls]

    assert len(allowed) == 40
    assert most_in_any_span(allowed, 0.5) <= 10


@pytest.mark.parametrize("seed", range(4))
def test_a_random_crowd_never_breaks_a_sliding_limit(store: SqlStore, seed: int) -> None:
    chance = random.Random(seed)
    limits = (Quota(limit=3, per=timedelta(seconds=1)), Quota(limit=20, per=timedelta(minutes=1)))
    at, allowed = 0.0, []
    for _ in range(300):
        at += chance.expovariate(2.0)
        late = at - chance.random() * 0.2  # another process read its clock before it waited for the lock
        if store.spend("cred", limits, machine_now=BOOT + timedelta(seconds=late)) is None:
            allowed.append(late)

    assert len(allowed) > 30
    assert most_in_any_span(allowed, 1) <= 3
    assert most_in_any_span(allowed, 60) <= 20


def test_the_wait_is_long_enough_and_not_much_longer(store: SqlStore) -> None:
    limit = (Quota(limit=2, per=timedelta(minutes=1)),)
    spent = [store.spend("cred", limit, machine_now=BOOT + timedelta(seconds=each)) for each in (0, 30)]

    wait = store.spend("cred", limit, machine_now=BOOT + timedelta(seconds=31))

    assert spent == [None, None]
    assert wait is not None
    assert timedelta(seconds=29) < wait < timedelta(seconds=32)
    assert store.spend("cred", limit, machine_now=BOOT + timedelta(seconds=31) + wait) is None


def test_a_day_begins_at_midnight_and_late_calls_count_on_both_sides(store: SqlStore) -> None:
    day = (Quota(limit=2, per=timedelta(days=1), calendar=True),)
    before, after = MIDNIGHT - timedelta(seconds=30), MIDNIGHT + timedelta(seconds=90)

    assert store.spend("cred", day, machine_now=before - timedelta(hours=1)) is None
    assert store.spend("cred", day, machine_now=before) is None
    assert store.spend("cred", day, machine_now=before) == timedelta(seconds=90)
    assert store.spend("cred", day, machine_now=after) is None
    assert store.spend("cred", day, machine_now=after) == timedelta(days=1) - timedelta(seconds=30)


def test_credentials_do_not_share_their_limits(store: SqlStore) -> None:
    one = (Quota(limit=1, per=timedelta(hours=1)),)

    spent = [store.spend(credential, one, machine_now=BOOT) for credential in ("a", "b")]

    assert spent == [None, None]
    assert store.spend("a", one, machine_now=BOOT) is not None


def test_looks_leave_a_share_of_the_day_to_tokens_and_retries(store: SqlStore) -> None:
    day = Quota(limit=100, per=timedelta(days=1), calendar=True)
    with store.begin() as connection:
        quotas.reserve(connection, "cred", [day], calls=97, machine_now=BOOT)
        looks = quotas.allowance(connection, "cred", [day], machine_now=BOOT)
        tokens = quotas.allowance(connection, "cred", [day], machine_now=BOOT, in_hand=0)

    assert (looks.calls, tokens.calls) == (0, 3)
    assert looks.day_left < 0.1


def test_old_buckets_are_dropped_as_new_ones_come(store: SqlStore) -> None:
    second = (Quota(limit=10, per=timedelta(seconds=1)),)

    for minute in range(50):
        store.spend("cred", second, machine_now=BOOT + timedelta(minutes=minute))

    with store.read() as snapshot:
        assert snapshot.connection.exec_driver_sql("SELECT count(*) FROM counters").scalar_one() == 1


@given(
    per=st.timedeltas(min_value=timedelta(milliseconds=100), max_value=timedelta(days=40)),
    since_boot=st.timedeltas(min_value=-timedelta(days=20_000), max_value=timedelta(days=20_000)),
)
def test_the_buckets_that_count_cover_every_span_that_ends_now(per: timedelta, since_boot: timedelta) -> None:
    quota, at = Quota(limit=1, per=per), BOOT + since_boot

    oldest = quotas.oldest_that_counts(quota, at)

    assert oldest <= at - per
    assert at - oldest <= per * 1.05 + timedelta(milliseconds=1)
