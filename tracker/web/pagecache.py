"""Rendered pages, kept as long as nothing a reader could see has changed: by token, order version and minute."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from tracker.domain.shipments import OrderId

TRUSTED_FOR = timedelta(seconds=1)  # machine time; then the version is asked for again, also after a revocation
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedPage:
    """One page as it was rendered."""

    order_id: OrderId
    version: int
    minute: datetime  # shop time: "asked 12 min ago" is true for one
    body: bytes
    etag: bytes
    checked: float  # monotonic, of this process

    def is_of(self, version: int, minute: datetime) -> bool:
        """Whether rendering again would give the same."""
        return (self.version, self.minute) == (version, minute)


class PageCache:
    """A bounded, least recently used store of pages; safe for the event loop and its threads."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._pages: OrderedDict[str, CachedPage] = OrderedDict()
        self._most = most_bytes
        self._size = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, token: str) -> CachedPage | None:
        """The page last rendered for this token, however old."""
        with self._lock:
            page = self._pages.get(token)
            if page is not None:
                self._pages.move_to_end(token)
            return page

    def fresh(self, token: str, *, minute: datetime, monotonic: float) -> CachedPage | None:
        """The page, when it was checked a moment ago and is of this minute: nothing need be asked."""
        page = self.get(token)
        if page is None or page.minute != minute or monotonic - page.checked > TRUSTED_FOR.total_seconds():
            return None
        return page

    def put(self, token: str, page: CachedPage) -> None:
        """Keep a page; the ones not asked for longest go."""
        with self._lock:
            self._drop(token)
            self._pages[token] = page
            self._size += len(page.body)
            while self._size > self._most and len(self._pages) > 1:
                self._drop(next(iter(self._pages)))

    def still_true(self, token: str, page: CachedPage, *, monotonic: float) -> CachedPage:
        """The version has been asked for and is the same."""
        checked = replace(page, checked=monotonic)
        with self._lock:
            if token in self._pages:
                self._pages[token] = checked
        return checked

    def drop(self, token: str) -> None:
        """Forget a page whose token leads nowhere any more."""
        with self._lock:
            self._drop(token)

    def _drop(self, token: str) -> None:
        page = self._pages.pop(token, None)
        self._size -= len(page.body) if page else 0


def etag_of(body: bytes) -> bytes:
    """A strong validator: the same bytes, the same tag."""
    return b'"' + sha256(body).hexdigest()[:32].encode() + b'"'
