"""Which trouble the mailbox was told to make, and when."""

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """Where in the conversation the trouble comes."""

    CONNECT = "connect"  # instead of the greeting
    EHLO = "ehlo"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # instead of the 354
    END = "end"  # after the final dot, nothing kept
    ACCEPTED = "accepted"  # after the mail is in the ledger, instead of the 250


class Action(StrEnum):
    """What the trouble is."""

    REPLY = "reply"  # answer with `code` and `text`
    DROP = "drop"  # cut the connection without an answer
    SLOW = "slow"  # wait `seconds`, then go on


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One order to make trouble."""

    stage: Stage
    action: Action
    code: int = 451
    text: str = "4.3.0 try again later"
    seconds: float = 0.0
    to: str = ""  # only mails to this recipient, known from RCPT on; empty for all
    count: int | None = 1  # how often; None for always


SHORTHANDS = {
    "drop_after_data": {"stage": "accepted", "action": "drop"},
    "drop_before_accept": {"stage": "end", "action": "drop"},
}


def read(payload: dict[str, Any]) -> Fault:
    """A fault from JSON. Raises ValueError or TypeError with what is wrong."""
    given = dict(payload)
    kind = given.pop("kind", None)
    if kind is not None:
        if kind not in SHORTHANDS:
            raise ValueError(f"kind must be one of {', '.join(SHORTHANDS)}")
        given = {**SHORTHANDS[kind], **given}
    given["stage"], given["action"] = Stage(str(given.get("stage"))), Action(str(given.get("action")))
    return Fault(**given)


class Plan:
    """The faults still to come, in the order they were given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Make this trouble from now on."""
        with self._lock:
            self._faults.append((fault, fault.count))

    def clear(self) -> None:
        """Make no trouble."""
        with self._lock:
            self._faults.clear()

    def take(self, stage: Stage, recipients: list[str]) -> Fault | None:
        """The first fault for this moment; it has one use less afterwards."""
        with self._lock:
            for place, (fault, left) in enumerate(self._faults):
                if fault.stage is not stage or (fault.to and fault.to not in recipients):
                    continue
                if left == 1:
                    del self._faults[place]
                elif left is not None:
                    self._faults[place] = (fault, left - 1)
                return fault
        return None
