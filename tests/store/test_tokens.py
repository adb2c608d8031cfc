"""However many processes need a token at once, it is fetched once, and lies sealed."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from carriers.contract import CarrierDown, CarrierRefused, Token
from tests.store.builders import BOOT
from tests.store.racers import get_token, racing
from tracker.store.tokens import SqlTokens
from tracker.store.unit import SqlStore


class Clock:
    """A machine clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = BOOT

    def __call__(self) -> datetime:
        return self.at


class Counter:
    """Fetches tokens named by their number."""

    def __init__(self, life: timedelta = timedelta(hours=1)) -> None:
        self.fetched = 0
        self._life = life

    def __call__(self) -> Token:
        self.fetched += 1
        return Token(secret=f"token {self.fetched}", expires_machine_at=BOOT + self._life)


@pytest.mark.parametrize("stale", [None, "expired yesterday"])
def test_eight_processes_fetch_one_token(migrated_url: str, tmp_path: Path, stale: str | None) -> None:
    ledger = tmp_path / "ledger"

    tokens = racing(get_token, migrated_url, ledger, stale, processes=8)

    assert tokens == ["fresh"] * 8
    assert ledger.read_text() == "fetched\n"


def test_a_token_is_fetched_again_shortly_before_it_ends(store: SqlStore) -> None:
    clock, fetch = Clock(), Counter()
    tokens = SqlTokens(store, machine_now=clock)

    got = []
    for minutes in (0, 58, 59.5):
        clock.at = BOOT + timedelta(minutes=minutes)
        got.append(tokens.get("cred", fetch))

    assert got == ["token 1", "token 1", "token 2"]


def test_a_token_with_a_short_life_is_still_shared(store: SqlStore) -> None:
    fetch = Counter(life=timedelta(seconds=30))
    here, there = (SqlTokens(store, machine_now=Clock()) for _ in range(2))

    assert [tokens.get("cred", fetch) for tokens in (here, there, here)] == ["token 1"] * 3


def test_a_refused_token_is_replaced_once_for_all(store: SqlStore) -> None:
    fetch = Counter()
    here, there = (SqlTokens(store, machine_now=Clock()) for _ in range(2))
    refused = [tokens.get("cred", fetch) for tokens in (here, there)]

    replaced = [tokens.refresh("cred", fetch, stale="token 1") for tokens in (here, there)]

    assert (refused, replaced) == (["token 1"] * 2, ["token 2"] * 2)


def test_a_failed_fetch_is_told_and_blocks_nobody(store: SqlStore) -> None:
    def refuse() -> Token:
        raise CarrierRefused("wrong client id")

    tokens = SqlTokens(store, machine_now=Clock())

    with pytest.raises(CarrierRefused):
        tokens.get("cred", refuse)

    assert tokens.get("cred", Counter()) == "token 1"


def test_nobody_waits_for_ever_for_a_fetch_that_does_not_end(store: SqlStore) -> None:
    short = timedelta(milliseconds=40)
    stuck, waiting = (SqlTokens(store, machine_now=Clock(), lease=short) for _ in range(2))

    def ask_the_other() -> Token:
        with pytest.raises(CarrierDown):
            waiting.get("cred", ask_the_other)
        return Counter()()

    assert stuck.get("cred", ask_the_other) == "token 1"


def test_a_token_lies_sealed(store: SqlStore) -> None:
    SqlTokens(store, machine_now=Clock()).get("cred", Counter())

    with store.read() as snapshot:
        (sealed,) = snapshot.connection.exec_driver_sql("SELECT sealed FROM carrier_tokens").scalars()
    assert b"token 1" not in bytes(sealed)
