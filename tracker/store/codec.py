"""How a frozen dataclass lies in a JSON column, and comes back as the same value."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Decode = Callable[[Any], Any]


def to_plain(value: Any) -> Any:
    """Numbers, text, lists and dicts only; None fields are left out."""
    match value:
        case Enum():
            plain = value.value
        case None | str() | int() | float() | bool():
            plain = value
        case datetime() | date() | time():
            plain = value.isoformat()
        case tuple() | list() | frozenset():
            plain = [to_plain(each) for each in value]
        case _ if is_dataclass(value):
            pairs = ((name, getattr(value, name)) for name in _names(cast(Any, type(value))))
            plain = {name: to_plain(each) for name, each in pairs if each is not None}
        case _:
            raise TypeError(f"{type(value).__name__} cannot be stored as JSON; teach tracker/store/codec.py")
    return plain


def from_plain(kind: type[T], plain: Any) -> T:
    """The value as it was. A field this version does not know is dropped, one that was not stored takes its default."""
    return cast(T, _decoder(cast(Any, kind))(plain))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _decoder(kind: Any) -> Decode:
    if get_origin(kind) in (Union, UnionType):
        return _optional(kind)
    if get_origin(kind) in (tuple, frozenset):
        each, build = _decoder(get_args(kind)[0]), cast(Callable[[Any], Any], get_origin(kind))
        return lambda plain: build(each(one) for one in plain)
    return _plain_decoder(getattr(kind, "__supertype__", kind))  # a NewType is what it stands for


def _plain_decoder(kind: type[Any]) -> Decode:
    if is_dataclass(kind):
        return _dataclass(kind)
    if issubclass(kind, datetime | date | time):
        return cast(Decode, kind.fromisoformat)
    if issubclass(kind, Enum):
        return kind
    if issubclass(kind, str | int | float | bool):
        return _as_it_is
    raise TypeError(f"{kind!r} cannot be read from JSON; teach tracker/store/codec.py")


def _optional(kind: Any) -> Decode:
    (inner,) = (each for each in get_args(kind) if each is not NoneType)
    decode = _decoder(inner)
    return lambda plain: None if plain is None else decode(plain)


def _dataclass(kind: type[Any]) -> Decode:
    hints = get_type_hints(kind)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    without = {name for name, hint in hints.items() if _is_optional(hint)}
    required = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING} & without

    def decode(plain: dict[str, Any]) -> Any:
        found = {name: decoders[name](each) for name, each in plain.items() if name in decoders}
        for name in required - found.keys():  # None was left out
            found[name] = None
        return kind(**found)

    return decode


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)


def _as_it_is(plain: Any) -> Any:
    return plain
