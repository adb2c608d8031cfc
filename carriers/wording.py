"""What is left of a carrier's words when markup, blanks and tricks are taken out."""

import html
import re
import unicodedata
from functools import lru_cache

LONGEST = 500  # characters of one sentence
EMPTY_WORDS = frozenset({"null", "string", "undefined", "n/a"})  # placeholders that leak out of specifications

_MARKUP = re.compile(r"<[^<>]*>")  # no nested brackets, so it takes linear time
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, bidi, half surrogates, line separators


@lru_cache(maxsize=10_000)  # carriers say the same few hundred sentences all day
def clean(text: str, *, longest: int = LONGEST) -> str:
    """One line of plain text for people; never safe HTML by itself, templates still escape it."""
    rough = text[: longest * 8]
    if "<" in rough or "&" in rough:
        rough = _MARKUP.sub(" ", html.unescape(_MARKUP.sub(" ", rough)))
    if not rough.isascii() or not rough.isprintable():
        rough = "".join(" " if unicodedata.category(each) in _HIDDEN else each for each in rough)
    short = " ".join(rough.split())[:longest].rstrip()
    return "" if short.casefold() in EMPTY_WORDS else short
