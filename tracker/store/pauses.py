"""What ops has paused: by brand, notice or channel; an empty field means every one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from tracker.store.ids import new_id
from tracker.store.outbox_tables import pauses
from tracker.store.upserts import insert_or_change

_p = pauses.c
_ADD = insert_or_change(pauses, unique=["brand", "notice", "channel"], change=lambda row: {"reason": row.reason})
_COVERS = select(_p.id).where(
    _p.brand.in_(("", bindparam("brand"))),
    _p.notice.in_(("", bindparam("notice"))),
    _p.channel.in_(("", bindparam("channel"))),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One pause as ops set it."""

    brand: str = ""
    notice: str = ""
    channel: str = ""
    reason: str = ""


def covers(connection: Connection, *, brand: str, notice: str, channel: str) -> bool:
    """Whether a notification of this kind has to wait."""
    asked = {"brand": brand, "notice": notice, "channel": channel}
    return connection.execute(_COVERS, asked).first() is not None


def add(connection: Connection, pause: Pause, *, at: datetime) -> None:
    """Hold back from the next attempt on; twice is once, with the newer reason."""
    row = {"id": new_id(), "brand": pause.brand, "notice": pause.notice, "channel": pause.channel}
    connection.execute(_ADD[connection.dialect.name], row | {"reason": pause.reason, "at": at})


def lift(connection: Connection, pause: Pause) -> bool:
    """Let go on; false when exactly this was not paused. What expired meanwhile is not sent."""
    this = (_p.brand == pause.brand, _p.notice == pause.notice, _p.channel == pause.channel)
    return connection.execute(delete(pauses).where(*this)).rowcount > 0


def every(connection: Connection) -> tuple[Pause, ...]:
    """All that is paused."""
    rows = connection.execute(select(pauses).order_by(_p.at))
    return tuple(Pause(brand=r.brand, notice=r.notice, channel=r.channel, reason=r.reason) for r in rows)
