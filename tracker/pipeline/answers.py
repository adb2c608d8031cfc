"""What Wismo makes of one saved answer of a carrier, without asking anybody or writing anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from carriers.contract import Answer, CarrierError
from carriers.events import Tracked
from tracker.domain.shipments import LookOutcome, Standing, replay


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadParcel:
    """One parcel of the answer and where its events put it."""

    tracked: Tracked
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRead:
    """The outcome a look with this answer would have, were nothing known before."""

    outcome: LookOutcome
    parcels: tuple[ReadParcel, ...] = ()
    why: str = ""


class Read(Protocol):
    """A carrier's reading of a saved answer."""

    def __call__(self, body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer: ...


def read_answer(read: Read, body: bytes, *, http_status: int, number: str | None) -> AnswerRead:
    """Read a saved answer as the carrier's own look would; `number` None takes every parcel in it."""
    numbers = [number] if number else []
    try:
        readings = read(body, http_status=http_status, numbers=numbers).readings
    except CarrierError as error:
        return AnswerRead(outcome=LookOutcome(error.outcome), why=str(error))
    parcels: list[ReadParcel] = []
    for reading in readings.values():
        if isinstance(reading, CarrierError):
            return AnswerRead(outcome=LookOutcome(reading.outcome), why=str(reading))
        parcels += [ReadParcel(tracked=tracked, standing=replay(tracked.events)) for tracked in reading]
    seen = any(parcel.tracked.events for parcel in parcels)
    return AnswerRead(outcome=LookOutcome.NEWS if seen else LookOutcome.NOTHING_NEW, parcels=tuple(parcels))
