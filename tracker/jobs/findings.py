"""What a check of the installation says of one part."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a part is."""

    OK = "ok"
    OFF = "off"  # not set up, which may be meant
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One part, how it is, and what to do."""

    part: str
    health: Health
    finding: str
    fix: str = ""

    @property
    def bad(self) -> bool:
        return self.health is Health.BAD

    def as_row(self) -> dict[str, str]:
        return {"part": self.part, "health": self.health.value, "finding": self.finding, "fix": self.fix}
