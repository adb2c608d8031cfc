"""Which words of a heading must not be parted at the end of a line, where a language writes them without blanks."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from tracker.render.languages import Language

_WORDS = {
    "ja": re.compile(r"(?:\d+月)?\d+日(?:\(\w\))?～?"),
    "th": re.compile(r"วัน[^\s\d]+(?: \d+)?"),
    "zh": re.compile(r"(?:\d+月)?\d+日|星期\w|[周週][一二三四五六日]"),
}


@lru_cache(maxsize=1024)
def whole(language: Language, title: str) -> Markup:
    """The title with its days kept whole: a phone breaks 11月 | 26日 and วัน | พุธ otherwise."""
    if pattern := _WORDS.get(language.locale.language):
        return Markup(pattern.sub(lambda word: f'<span class="whole">{word[0]}</span>', str(escape(title))))  # noqa: S704 - escaped
    return escape(title)
