"""A carrier on loopback for each test, and somebody who may ask it."""

from collections.abc import Iterator

import httpx
import pytest

from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import Sandbox
from tests.sandbox.journeys import NOON
from tests.servers import PATIENCE


@pytest.fixture
def carrier() -> Iterator[Sandbox]:
    """The server, at noon of the first day."""
    with Sandbox(clock=SetClock(NOON)) as running:
        yield running


@pytest.fixture
def line(carrier: Sandbox) -> Iterator[httpx.Client]:
    """A connection to it."""
    with httpx.Client(base_url=carrier.url, timeout=PATIENCE.total_seconds()) as client:
        yield client
