"""Which words of a heading must not be parted at the end of a line, where a language writes them without blanks."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from tracker.render.languages import Language

_WORDS = {
    "ja": re.compile(r"(?:\d+月)?\d+日(?:\(\w\))?～?"),
    "th": re.compile(r"วัน[^\s\d]+(?: \d+(?![\d:]))?|\d+:\d\d(?: น\.)?|คำสั่งซื้อ|จุดรับพัสดุ"),
    "zh": re.compile(
        r"^[^，：\d]{1,7}[，：]|(?<=[，：])[^，：\d]{1,7}(?:，|$)"  # a clause that fits one line of 320 px
        r"|(?:\d+月)?\d+日|星期\w|[周週][一二三四五六日]|(?:[凌清上中下晚]\w)?\d+:\d\d|已送[达達]，?|\d+[个件]：|包裹"
    ),
}


@lru_cache(maxsize=1024)
def whole(language: Language, title: str) -> Markup:
    """The title with its days kept whole, in Chinese its short clauses too: a phone breaks 11月 | 26日 otherwise."""
    if pattern := _WORDS.get(language.locale.language):
        return Markup(pattern.sub(lambda word: f'<span class="whole">{word[0]}</span>', str(escape(title))))  # noqa: S704 - escaped
    return escape(title)
