"""What a look needs beside its carrier, and what one answer is until it is written down."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb

from carriers.contract import CarrierError, Reading
from tracker.domain.shipments import LookOutcome
from tracker.pipeline.bell import Doorbell
from tracker.pipeline.conclude import Rules
from tracker.pipeline.faults import Hit, no_fault
from tracker.pipeline.ports import LookClaim, Quota, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPace:
    """Machine durations of looking."""

    lease: timedelta = timedelta(seconds=60)
    call: timedelta = timedelta(seconds=15)  # the longest one call takes
    turn: timedelta = timedelta(seconds=20)  # no call begins later in one poll; its job has a time limit
    write_back: timedelta = timedelta(seconds=0.25)  # answers wait no longer than this and one call
    down_for: timedelta = timedelta(minutes=5)  # an open circuit lets one probe through so often
    refused_for: timedelta = timedelta(hours=1)  # likewise when our credentials are refused
    down_after: int = 3  # failures in a row
    batch: int = 20  # shipments claimed at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """The ports, rules, clocks and durations of looking at one carrier."""

    store: Store
    doorbell: Doorbell
    rules: Rules
    quotas: tuple[Quota, ...]  # as the carrier counts
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    owner: str
    pace: LookPace = LookPace()
    monotonic: Callable[[], float] = time.monotonic
    hit: Hit = no_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One claim and what the carrier said to it."""

    claim: LookClaim
    reading: Reading
    body: bytes
    sha256: str | None
    said_sha256: str | None  # what a call for many says of this one, as we read it; None: the answer is all about it
    http_status: int | None
    at: datetime  # shop time at which it was asked
    started_machine_at: datetime
    took: timedelta

    @property
    def is_known(self) -> bool:
        """Whether the last look brought the same: then its raw answer is kept already."""
        return (self.said_sha256 or self.sha256) == self.claim.answer_sha256

    @property
    def outcome(self) -> LookOutcome | None:
        """Known without opening the order; None: the events decide."""
        said = self.said_sha256 or self.sha256
        if said and said == read_before(self.claim):
            return LookOutcome.NOTHING_NEW
        return LookOutcome(self.reading.outcome) if isinstance(self.reading, CarrierError) else None


def read_before(claim: LookClaim) -> str:
    """The hash of the last answer, if we could read it: the same bytes again are nothing new. Else empty."""
    return claim.answer_sha256 or "" if claim.outcome in (LookOutcome.NEWS, LookOutcome.NOTHING_NEW) else ""


def where(error: Exception) -> str:
    """What broke and where, for the log; the error's own words may hold what a carrier said of a person."""
    frame = extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
