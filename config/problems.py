"""What is wrong with the settings, all of it at once, without showing a secret."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One setting that cannot be used, and the fix."""

    where: str  # "PORT", or "schedule.toml: looking.longest"
    found: str  # its shape, never its value
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}. {self.fix}"


class SettingsError(Exception):
    """Wismo cannot start with these settings; lists every problem, so that one edit can fix them all."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"the settings cannot be used:\n{lines}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The variables as they were handed in, and the problems met while reading them."""

    variables: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str, *, default: str = "") -> str:
        """The value without surrounding blanks; an empty variable counts as unset."""
        return self.variables.get(name, "").strip() or default

    def read(self, name: str, parse: Callable[[str], T], *, default: T, fix: str, secret: bool = False) -> T:
        """The parsed value; when `parse` raises ValueError, the default and a problem."""
        raw = self.text(name)
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError:
            self.complain(name, found=secret_shape(raw) if secret else shape(raw), fix=fix)
            return default

    def complain(self, where: str, *, found: str, fix: str) -> None:
        """Remember a problem and go on reading; what is inside a missing or broken part is not named again."""
        if any(f"{where}.".startswith((f"{known.where}:", f"{known.where}.")) for known in self.problems):
            return
        self.problems.append(Problem(where=where, found=found, fix=fix))


def shape(value: str) -> str:
    """What a value looks like when its letters and digits are taken away: "80a" is "99a"."""
    masked = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))
    return f"got text shaped like {masked[:40]!r}"


def secret_shape(value: str) -> str:
    """All that may be said of a secret."""
    return f"got {len(value)} characters"
