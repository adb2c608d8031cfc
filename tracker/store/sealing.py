"""Whether the database was filled with the key we have: every link's row says so, also of people long forgotten."""

from sqlalchemy import select

from tracker.store.outbox_tables import page_tokens
from tracker.store.unit import Snapshot
from tracker.store.vault import fingerprint

_t = page_tokens.c
_FIRST_AND_LAST = [select(_t.id, _t.token_sha256).order_by(order).limit(1) for order in (_t.id, _t.id.desc())]


def is_ours(snapshot: Snapshot) -> bool | None:
    """None while there is no link. A link is derived from its row's id and the key, and its hash is stored."""
    rows = [row for query in _FIRST_AND_LAST for row in snapshot.connection.execute(query)]
    if not rows:
        return None
    return all(fingerprint(snapshot.vault.page_token(row.id)) == row.token_sha256 for row in rows)
