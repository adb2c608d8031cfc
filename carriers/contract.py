"""What every carrier can be asked, and every way it can fail to answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from carriers.events import Tracked


class CarrierError(Exception):
    """A carrier did not give a usable answer; each subclass is one reaction."""

    outcome = "unreadable"

    def __init__(self, message: str, *, http_status: int | None = None, body: bytes = b"") -> None:
        super().__init__(message)
        self.http_status = http_status
        self.body = body  # kept by the pipeline as the raw answer; never logged


class CarrierBusy(CarrierError):
    """Rate limited: wait, then ask again."""

    outcome = "busy"

    def __init__(self, message: str, *, wait: timedelta, http_status: int | None = None, body: bytes = b"") -> None:
        super().__init__(message, http_status=http_status, body=body)
        self.wait = wait


class CarrierDown(CarrierError):
    """No answer, or a server error: nothing was learned."""

    outcome = "down"


class CarrierRefused(CarrierError):
    """Our credentials or our request were refused: stop asking and tell ops."""

    outcome = "refused"


class UnknownNumber(CarrierError):
    """The carrier does not know this number, yet or any more."""

    outcome = "not_known_yet"


class Unreadable(CarrierError):
    """Answered, but not in the shape we know."""

    outcome = "unreadable"


Reading = tuple[Tracked, ...] | CarrierError  # several parcels can answer to one number


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer of a carrier: the raw bytes, and what they say of each number asked."""

    body: bytes
    http_status: int
    readings: Mapping[str, Reading]  # keyed by the number as it was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token and the machine instant after which it must not be used."""

    secret: str = field(repr=False)
    expires_machine_at: datetime


class Tokens(Protocol):
    """One token per credential, shared by all processes; wiring fills it from the store."""

    def get(self, credential: str, fetch: Callable[[], Token]) -> str:
        """The current token, fetched once under a lease when none is valid. Raises CarrierError from `fetch`."""

    def refresh(self, credential: str, fetch: Callable[[], Token], *, stale: str) -> str:
        """A token other than `stale`, which the carrier refused; fetched once however many processes ask."""


class Meter(Protocol):
    """The quota of one credential; the pipeline has already reserved the first call of every look."""

    def spend(self) -> None:
        """Reserve one call more (a token, a retry after 401). Raises CarrierBusy when none is left."""


class Carrier(Protocol):
    """One carrier's API."""

    @property
    def name(self) -> str:
        """Lower-case name as in the registry, settings and URLs."""

    @property
    def credential(self) -> str:
        """Names the quota and the token: carrier and client id, hashed; never a secret."""

    @property
    def max_batch(self) -> int:
        """How many numbers one call may ask."""

    def ask(self, numbers: Sequence[str], meter: Meter, *, unchanged: str = "") -> Answer:
        """One look at up to `max_batch` numbers. Raises CarrierError when the call as a whole failed.

        `unchanged`: the hash of a body that was read before. The same bytes again need no reading: no readings.
        """

    def read(self, body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
        """What a saved answer says; pure. Raises CarrierError as `ask` would for that status and body."""

    def check(self, meter: Meter) -> None:
        """Whether our credentials are taken, tried afresh. Raises CarrierError as `ask` would."""

    def close(self) -> None:
        """Let go of kept connections."""
