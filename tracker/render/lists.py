"""How names of others stand in our sentences: in a row, and without turning the direction of what is around them."""

import unicodedata
from collections.abc import Sequence

from babel.lists import format_list

from tracker.render.languages import Language

_TURNING = frozenset({"R", "AL", "AN"})  # letters and digits of scripts that run from right to left
_OPEN, _CLOSE = "\u2068", "\u2069"  # first strong isolate, and its end


def isolated(language: Language, name: str) -> str:
    """The name, fenced off where it may run against the sentence; only there, for fences are characters too."""
    runs_against = language.direction == "rtl" or (not name.isascii() and _turns(name))
    return f"{_OPEN}{name}{_CLOSE}" if name and runs_against and name[0] != _OPEN else name


def _turns(name: str) -> bool:
    return any(unicodedata.bidirectional(letter) in _TURNING for letter in name)


def joined(language: Language, names: Sequence[str], *, limit: int) -> str:
    """The names as the language lists them; of too many only how many more there are."""
    shown = list(names[:limit])
    if more := len(names) - len(shown):
        shown.append(language.count("%(num)s more place", "%(num)s more places", more))
    plain = [name.replace(", ", " ") if ", " in name else name for name in shown]
    if language.locale.language == "th" and len(plain) > 1:
        return _in_thai(language, plain)
    return str(format_list(plain, locale=language.locale))


def _in_thai(language: Language, names: Sequence[str]) -> str:
    """CLDR parts Thai words by a blank and joins the last by nothing; names in other letters would run together."""
    last = language.locale.list_patterns["standard"]["2"].format("", "")
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
