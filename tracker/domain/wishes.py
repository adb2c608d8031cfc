"""What a reader chose for the messages about one order, and whether a message fits it."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from notifiers.message import Channel


class Kind(StrEnum):
    """The groups of notices that a reader can do without; all else is bad news and stays on while any of these is."""

    ON_ITS_WAY = "on_its_way"
    DELIVERY_DAY = "delivery_day"
    DELAYS = "delays"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Wall times between which nothing arrives, where the reader is; `since` after `until`: over midnight."""

    since: time
    until: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """A reader's own word; what the shop states later does not undo it."""

    silent: frozenset[Kind] = frozenset()
    off: frozenset[Channel] = frozenset()
    quiet: QuietHours | None = None  # None: the usual hours of texts, any hour for mail
    locale: str = ""  # empty: as the shop stated it, likewise below
    time_zone: str = ""

    def include(self, channel: Channel, kind: Kind | None) -> bool:
        """Whether a message may come; kind None: bad news, or that an earlier message was wrong."""
        if channel in self.off:
            return False
        return kind not in self.silent if kind else self.silent != frozenset(Kind)
