"""Rendered pages, kept as long as nothing a reader could see has changed: by link, language, version and minute."""

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from tracker.domain.shipments import OrderId

TRUSTED_FOR = timedelta(seconds=1)  # machine time; then the version is asked for again, also after a revocation
MOST_BYTES = 32 * 1024 * 1024
MOST_READINGS = 6  # of one link: who asks for all languages in turn must not push out everybody else's page


class Reading(NamedTuple):
    """Of all pages behind one link, whose."""

    tag: str  # the language it is written in, and the country whose dates it shows
    asked: str  # what ?lang= chose: the addresses on the page carry it on


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedPage:
    """One page as it was rendered, and packed for those who asked so far."""

    order_id: OrderId
    version: int
    minute: datetime  # shop time: "asked 12 min ago" is true for one
    bodies: Mapping[str, bytes]  # by content encoding; "" is there always
    etag: bytes
    checked: float  # monotonic, of this process

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """What decides on the language beside the request."""

    linked: str  # of whom the link was sent to
    usual: str  # the brand's


@dataclass(slots=True, kw_only=True)
class _Kept:
    readers: Readers
    pages: dict[Reading, CachedPage] = field(default_factory=dict)


class PageCache:
    """A bounded, least recently used store of pages; safe for the event loop and its threads."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._links: OrderedDict[str, _Kept] = OrderedDict()
        self._most = most_bytes
        self._size = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._links)

    def readers(self, token: str) -> Readers | None:
        """Who reads what is behind this link; None when it was not asked for lately."""
        kept = self._links.get(token)
        return kept.readers if kept else None

    def get(self, token: str, reading: Reading) -> CachedPage | None:
        """The page last rendered, however old."""
        with self._lock:
            kept = self._links.get(token)
            if kept is None:
                return None
            self._links.move_to_end(token)
            return kept.pages.get(reading)

    def fresh(self, token: str, reading: Reading, *, minute: datetime, monotonic: float) -> CachedPage | None:
        """The page, when it was checked a moment ago and is of this minute: nothing need be asked."""
        page = self.get(token, reading)
        if page is None or page.minute != minute or monotonic - page.checked > TRUSTED_FOR.total_seconds():
            return None
        return page

    def put(self, token: str, reading: Reading, page: CachedPage, *, readers: Readers) -> None:
        """Keep a page; the links not asked for longest go."""
        with self._lock:
            kept = self._links.setdefault(token, _Kept(readers=readers))
            kept.readers = readers
            self._take_out(kept, reading)
            if len(kept.pages) >= MOST_READINGS:
                self._take_out(kept, next(iter(kept.pages)))
            kept.pages[reading] = page
            self._size += page.size
            self._links.move_to_end(token)
            while self._size > self._most and len(self._links) > 1:
                self._drop(next(iter(self._links)))

    def still_true(self, token: str, reading: Reading, page: CachedPage, *, monotonic: float) -> CachedPage:
        """The version has been asked for and is the same."""
        checked = replace(page, checked=monotonic)
        with self._lock:
            kept = self._links.get(token)
            if kept and reading in kept.pages:
                self._size += checked.size - kept.pages[reading].size
                kept.pages[reading] = checked
        return checked

    def doubt(self, token: str) -> None:
        """Its order has just changed: ask again before the next answer."""
        with self._lock:
            kept = self._links.get(token)
            if kept:
                kept.pages = {reading: replace(page, checked=-math.inf) for reading, page in kept.pages.items()}

    def drop(self, token: str) -> None:
        """Forget the pages whose link leads nowhere any more."""
        with self._lock:
            self._drop(token)

    def _drop(self, token: str) -> None:
        kept = self._links.pop(token, None)
        self._size -= sum(page.size for page in kept.pages.values()) if kept else 0

    def _take_out(self, kept: _Kept, reading: Reading) -> None:
        page = kept.pages.pop(reading, None)
        self._size -= page.size if page else 0


def etag_of(body: bytes) -> bytes:
    """A weak validator: the same page has the same tag, in whatever encoding it was sent."""
    return b'W/"' + sha256(body).hexdigest()[:32].encode() + b'"'
