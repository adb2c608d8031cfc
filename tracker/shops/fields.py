"""Which JSON shapes a shop may send: one table reads them, names their faults, and describes them in OpenAPI."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from tracker.domain.intake import FieldProblem

Schema = dict[str, Any]

# Control characters and half surrogates: PostgreSQL refuses the first, UTF-8 the second, and no shop means either.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)  # beyond lies a typing error, or an overflow
INSTANT_FIX = 'Write date, time and offset: "2026-03-01T10:00:00+01:00", in the years 2000 to 2099.'
DAY_FIX = 'Write the day as "2026-03-01", in the years 2000 to 2099.'
TIME_FIX = 'Write the time as "14:30".'


class Unfit(Exception):
    """A value does not have the shape its field needs."""

    def __init__(self, problem: str, *, fix: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One JSON shape: how it is read, and how the OpenAPI document describes it."""

    read: Callable[[object, str, list[FieldProblem]], Any]  # raises Unfit, or adds problems of inner fields
    schema: Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One JSON object: its fields, which of them are needed, and what they become."""

    fields: Mapping[str, Kind]
    needed: frozenset[str] = field(default_factory=frozenset)
    note: str = ""


def text(
    *, longest: int, shortest: int = 0, matches: str = "", fix: str = "", note: str = "", example: str = ""
) -> Kind:
    """Printable text, surrounding blanks removed; `matches` must fit the whole of it."""
    fix = fix or f"Write {max(shortest, 0)} to {longest} printable characters on one line."

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> str:
        if not isinstance(value, str):
            raise Unfit(f"is {json_type(value)}, not text", fix=fix)
        if UNPRINTABLE.search(value):
            raise Unfit("holds a control character or half a character", fix="Remove line ends and control characters.")
        trimmed = value.strip()
        if not shortest <= len(trimmed) <= longest:
            raise Unfit(f"has {len(trimmed)} characters, {shortest} to {longest} are possible", fix=fix)
        if matches and not re.fullmatch(matches, trimmed):
            raise Unfit("does not have the form this field needs", fix=fix)
        return trimmed

    schema: Schema = {"type": "string", "maxLength": longest}
    schema |= {"minLength": shortest} if shortest else {}
    schema |= {"pattern": f"^(?:{matches})$"} if matches else {}
    return Kind(read=read, schema=schema | _noted(note, example))


def parsed_text(parse: Callable[[str], str], *, longest: int, note: str, example: str) -> Kind:
    """Text that `parse` turns into its one spelling; its ValueError is a sentence with the fix."""
    plain = text(longest=longest, note=note, example=example)

    def read(value: object, path: str, problems: list[FieldProblem]) -> str:
        trimmed: str = plain.read(value, path, problems)
        try:
            return parse(trimmed)  # empty text too: what is needed must not be empty
        except ValueError as error:
            raise Unfit("cannot be used", fix=str(error)) from error

    return Kind(read=read, schema=plain.schema)


def integer(*, lowest: int, highest: int) -> Kind:
    """A whole number."""
    fix = f"Write a whole number from {lowest} to {highest}, without quotes."

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> int:
        if isinstance(value, float) and value.is_integer():  # JSON does not tell 2 from 2.0
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit(f"is {json_type(value)}, not a whole number", fix=fix)
        if not lowest <= value <= highest:
            raise Unfit("is out of range", fix=fix)
        return value

    return Kind(read=read, schema={"type": "integer", "minimum": lowest, "maximum": highest})


def truth() -> Kind:
    """true or false."""

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> bool:
        if not isinstance(value, bool):
            raise Unfit(f"is {json_type(value)}, not true or false", fix="Write true or false, without quotes.")
        return value

    return Kind(read=read, schema={"type": "boolean"})


def one_of(*words: str) -> Kind:
    """One word of a list."""
    fix = f"Write one of: {', '.join(words)}."

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> str:
        if not isinstance(value, str) or value not in words:
            raise Unfit("is not one of the possible words", fix=fix)
        return value

    return Kind(read=read, schema={"type": "string", "enum": list(words)})


def instant(*, note: str = "") -> Kind:
    """An instant with its offset."""

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> datetime:
        if not isinstance(value, str):
            raise Unfit(f"is {json_type(value)}, not text", fix=INSTANT_FIX)
        try:
            at = datetime.fromisoformat(value)
        except ValueError as error:
            raise Unfit("is not a date with a time", fix=INSTANT_FIX) from error
        if at.utcoffset() is None:
            raise Unfit("has no time zone", fix=INSTANT_FIX)
        if not FIRST_DAY < at.date() < LAST_DAY:
            raise Unfit("is outside the years 2000 to 2099", fix=INSTANT_FIX)
        return at.astimezone(UTC)

    example = "2026-03-01T10:00:00+01:00"
    return Kind(read=read, schema={"type": "string", "format": "date-time"} | _noted(note, example))


def day() -> Kind:
    """A calendar day."""

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise Unfit("is not a day", fix=DAY_FIX)
        try:
            found = date.fromisoformat(value)
        except ValueError as error:
            raise Unfit("is not a day of the calendar", fix=DAY_FIX) from error
        if not FIRST_DAY <= found <= LAST_DAY:
            raise Unfit("is outside the years 2000 to 2099", fix=DAY_FIX)
        return found

    return Kind(read=read, schema={"type": "string", "format": "date", "examples": ["2026-03-04"]})


def wall_time() -> Kind:
    """A time of day at the destination, without a zone."""

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> time:
        if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
            raise Unfit("is not a time of day", fix=TIME_FIX)
        return time.fromisoformat(value)

    schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["14:30"]}
    return Kind(read=read, schema=schema)


def zone() -> Kind:
    """An IANA time zone."""
    fix = 'Write an IANA name such as "Europe/Oslo".'

    def read(value: object, _path: str, _problems: list[FieldProblem]) -> str:
        if not isinstance(value, str) or value not in _zones():
            raise Unfit("is not a time zone we know", fix=fix)
        return value

    return Kind(read=read, schema={"type": "string", "maxLength": 64, "examples": ["Europe/Oslo"]})


def many(kind: Kind, *, most: int) -> Kind:
    """A list of one kind, becoming a tuple."""

    def read(value: object, path: str, problems: list[FieldProblem]) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Unfit(f"is {json_type(value)}, not a list", fix="Write a list: [ … ].")
        if len(value) > most:
            raise Unfit(f"has {len(value)} entries, {most} are possible", fix=f"Send at most {most}.")
        found = (read_field(kind, each, f"{path}[{at}]", problems) for at, each in enumerate(value))
        return tuple(each for each in found if each is not None)

    return Kind(read=read, schema={"type": "array", "maxItems": most, "items": kind.schema})


def nullable(kind: Kind) -> Kind:
    """Or null, which takes the value back."""

    def read(value: object, path: str, problems: list[FieldProblem]) -> Any:
        return None if value is None else kind.read(value, path, problems)

    return Kind(read=read, schema={"anyOf": [kind.schema, {"type": "null"}]})


def built(shape: Shape, build: Callable[[Mapping[str, Any]], Any]) -> Kind:
    """A JSON object that becomes a value; `build` runs only when every field was fine, and may raise Unfit."""

    def read(value: object, path: str, problems: list[FieldProblem]) -> Any:
        before = len(problems)
        found = read_shape(shape, value, path=path, problems=problems)
        return build(found) if len(problems) == before else None

    return Kind(read=read, schema=schema_of(shape))


def read_shape(shape: Shape, value: object, *, path: str, problems: list[FieldProblem]) -> dict[str, Any]:
    """Every field that was given and fits; the rest become problems. Raises Unfit when it is no object at all."""
    if not isinstance(value, dict):
        raise Unfit(f"is {json_type(value)}, not an object", fix="Write an object: { … }.")
    problems.extend(_unknown(shape, value, path))
    missing = sorted(shape.needed - value.keys())
    problems.extend(FieldProblem(field=_join(path, name), problem="is missing", fix=f"Add {name}.") for name in missing)
    return {
        name: read_field(kind, value[name], _join(path, name), problems)
        for name, kind in shape.fields.items()
        if name in value
    }


def read_field(kind: Kind, value: object, path: str, problems: list[FieldProblem]) -> Any:
    """The value, or None with a problem added."""
    try:
        return kind.read(value, path, problems)
    except Unfit as unfit:
        problems.append(FieldProblem(field=path, problem=unfit.problem, fix=unfit.fix))
        return None


def schema_of(shape: Shape) -> Schema:
    """The JSON schema of one object, closed: an unknown field is an error, because it is a typing error."""
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: kind.schema for name, kind in shape.fields.items()},
    }
    return schema | ({"required": sorted(shape.needed)} if shape.needed else {}) | _noted(shape.note, "")


def is_printable(text: str) -> bool:
    """Whether a database would take it; a number from an address may hold anything."""
    return not UNPRINTABLE.search(text)


def json_type(value: object) -> str:
    """A JSON value's kind, in words and without the value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def _unknown(shape: Shape, value: Mapping[str, object], path: str) -> list[FieldProblem]:
    fix = f"Remove it, or use one of: {', '.join(shape.fields)}."
    strangers = [name for name in value if name not in shape.fields]
    return [
        FieldProblem(field=_join(path, ascii(name)[1:41].rstrip("'\"")), problem="is not a field we know", fix=fix)
        for name in strangers[:20]
    ]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _noted(note: str, example: str) -> Schema:
    return ({"description": note} if note else {}) | ({"examples": [example]} if example else {})


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
