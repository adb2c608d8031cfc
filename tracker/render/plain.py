"""What text from shops, carriers and shoppers may look like in ours: one line, bounded, without hidden characters."""

import re
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit

NAME_LIMIT = 80  # names and numbers; longer ones are cut, so that no message outgrows a mail client's clipping
TEXT_LIMIT = 500  # the carrier's own sentence, as in carriers/events.py

# Controls, line and paragraph separators, and the marks that can turn the reading direction of what follows.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff\ufff9-\ufffb]+")
_BLANKS = re.compile(r"\s+")


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """The text on one line; hidden characters become a space, what exceeds the limit an ellipsis."""
    if len(text) > 4 * limit:  # no work on what is cut anyway
        text = text[: 4 * limit]
    line = _BLANKS.sub(" ", _HIDDEN.sub(" ", text)).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def web_address(url: str) -> str:
    """The address if a link may lead there (a web page, a mailbox), else nothing: no script, no data."""
    if _HIDDEN.search(url) or " " in url:
        return ""
    parts = urlsplit(url)
    is_page = parts.scheme in ("http", "https") and bool(parts.netloc)
    return url if is_page or (parts.scheme == "mailto" and "@" in parts.path) else ""


@cache  # one for each brand
def mailbox(written: str) -> str:
    """The address alone of "Name <box@host>"."""
    return parseaddr(written)[1]


def header(name: str, value: str) -> str:
    """A value that goes into a mail header as it is. Raises ValueError when it could start another header."""
    if _HIDDEN.search(value):
        raise ValueError(f"{name} holds a line break or a control character; correct it where it is kept")
    return value
