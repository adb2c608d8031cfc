"""How the TOML files are read: every key known, every value of its type, all problems at once."""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.problems import Environment, shape

T = TypeVar("T")

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION = re.compile(r"(\d+)([smhd])")
DURATION_FIX = 'Write a whole number and a unit, like "90s", "15m", "2h" or "3d".'


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a file; each getter answers with a usable value and remembers what was wrong."""

    where: str  # "schedule.toml: looking.rungs"
    values: Mapping[str, object]
    env: Environment

    def text(self, key: str, *, default: str | None = None, matches: str = ".*", fix: str = "Write a text.") -> str:
        """A text that wholly matches; without a default it must be there."""
        return self._get(key, _text(matches), default=default, empty="", fix=fix)

    def integer(self, key: str, *, default: int | None = None, lowest: int = 0, highest: int = 10**9) -> int:
        """A whole number within bounds."""
        fix = f"Write a whole number from {lowest} to {highest}."
        return self._get(key, _integer(lowest, highest), default=default, empty=lowest, fix=fix)

    def duration(self, key: str, *, default: timedelta | None = None) -> timedelta:
        """A length of time such as "90s"."""
        return self._get(key, duration, default=default, empty=timedelta(0), fix=DURATION_FIX)

    def durations(self, key: str) -> tuple[timedelta, ...]:
        """A list of lengths of time, at least one."""
        return self._get(key, _durations, default=None, empty=(), fix=f"A list. {DURATION_FIX}")

    def texts(self, key: str, *, among: Collection[str], default: frozenset[str] = frozenset()) -> frozenset[str]:
        """A list of known words."""
        fix = f"Write a list of some of: {', '.join(sorted(among))}."
        return self._get(key, _words(among), default=default, empty=frozenset(), fix=fix)

    def zone(self, key: str) -> str:
        """A time zone's IANA name, UTC by default."""
        return self._get(key, _zone, default="UTC", empty="UTC", fix='Write a name such as "Europe/Oslo".')

    def names(self, key: str) -> tuple[str, ...]:
        """A list of small words, at least one."""
        return self._get(key, _names, default=None, empty=(), fix='Write a list such as ["client_id"].')

    def table(self, key: str) -> "Table":
        """A table inside this one."""
        nothing: Mapping[str, object] = {}
        found = self._get(key, _mapping, default=None, empty=nothing, fix=f"Add a table [{key}].")
        return Table(where=self._name(key), values=found, env=self.env)

    def tables(self, key: str) -> "tuple[Table, ...]":
        """The tables of a [[list]], perhaps none."""
        nothing: tuple[Mapping[str, object], ...] = ()
        found = self._get(key, _mappings, default=nothing, empty=nothing, fix=f"Write [[{key}]] before each entry.")
        return tuple(Table(where=f"{self._name(key)}[{n}]", values=each, env=self.env) for n, each in enumerate(found))

    def inner(self) -> "dict[str, Table]":
        """Every table inside this one by its name, in the file's order."""
        return {key: self.table(key) for key in self.values}

    def every_duration(self, names: Collection[str]) -> dict[str, timedelta]:
        """A table that gives each of these names a length of time, and nothing else."""
        self.only(names)
        return {name: self.duration(name) for name in names}

    def only(self, known: Collection[str]) -> None:
        """A key nobody reads is a typing error, so it is a problem."""
        for key in self.values:
            if key not in known:
                fix = f"Remove it or write one of: {', '.join(sorted(known))}."
                self.env.complain(self._name(key), found="nobody reads this key", fix=fix)

    def _name(self, key: str) -> str:
        return f"{self.where}.{key}" if ": " in self.where else f"{self.where}: {key}"

    def _get(self, key: str, parse: Callable[[object], T], *, default: T | None, empty: T, fix: str) -> T:
        if key not in self.values:
            if default is None:
                self.env.complain(self._name(key), found="missing", fix=fix)
            return empty if default is None else default
        value = self.values[key]
        try:
            return parse(value)
        except (ValueError, TypeError):
            self.env.complain(self._name(key), found=shape(str(value)), fix=fix)
            return empty


def open_table(path: Path, env: Environment) -> Table:
    """A whole file; a missing or broken one is a problem and reads as empty."""
    values: Mapping[str, object] = {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        env.complain(path.name, found=f"cannot be read ({error.strerror})", fix="Put it there or set WISMO_CONFIG_DIR.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        env.complain(path.name, found=f"is not TOML ({error})", fix="Correct that line.")
    return Table(where=path.name, values=values, env=env)


def duration(value: object) -> timedelta:
    """Raises ValueError unless it is a text such as "90s"."""
    found = DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("not a duration")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _durations(value: object) -> tuple[timedelta, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("not a list")
    return tuple(duration(each) for each in value)


def _text(matches: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(matches, value):
            raise ValueError("not that text")
        return value

    return parse


def _integer(lowest: int, highest: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise ValueError("not that number")
        return value

    return parse


def _zone(value: object) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("no such zone") from error


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(re.fullmatch("[a-z_]+", str(each)) for each in value):
        raise ValueError("not a list of names")
    return tuple(str(each) for each in value)


def _words(among: Collection[str]) -> Callable[[object], frozenset[str]]:
    def parse(value: object) -> frozenset[str]:
        if not isinstance(value, list) or not set(value) <= set(among):
            raise ValueError("not those words")
        return frozenset(value)

    return parse


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("not a table")
    return cast("Mapping[str, object]", value)


def _mappings(value: object) -> tuple[Mapping[str, object], ...]:
    if not isinstance(value, list):
        raise TypeError("not a list of tables")
    return tuple(_mapping(each) for each in value)
