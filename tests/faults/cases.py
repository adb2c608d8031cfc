"""What may happen to one text between us, its provider and its reports, and how each such case must end."""

from dataclasses import dataclass

from notifiers.sandbox.mischief import Fault, Step, Trouble
from tracker.domain.notices import NotificationState as S


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One text and its trouble."""

    name: str
    troubles: tuple[Fault, ...] = ()
    reports: tuple[Step, ...] = ()
    ends: S = S.ACCEPTED
    texts: int = 1
    again: bool = False  # a second attempt must have followed
    is_closed: bool = False  # at first nobody answers the phone

    def __str__(self) -> str:
        return self.name


def _fault(kind: Trouble, *, count: int | None = 1, seconds: float = 5, code: int = 30001) -> Fault:
    return Fault(kind=kind, count=count, seconds=seconds, code=code)  # 5 s: longer than a whole call may take


def _steps(*words: str, code: int | None = None) -> tuple[Step, ...]:
    return tuple(Step(status=word, delay=0.1, code=code) for word in words)


_RST, _500 = _fault(Trouble.ACCEPT_THEN_RST), _fault(Trouble.ACCEPT_THEN_500)
_NEVER_RST, _NEVER_500 = _fault(Trouble.RST_BEFORE_ACCEPT), _fault(Trouble.NO_ACCEPT_500)
_DOWN, _EMPTY = _fault(Trouble.LISTING_DOWN, count=None), _fault(Trouble.LISTING_EMPTY, count=None)
_FIRST = Step(status="queued", before=True)

LOST_AFTER = (  # W7, the list tells
    Case(name="taken, then a reset", troubles=(_RST,)),
    Case(name="taken, then a 500", troubles=(_500,)),
    Case(name="taken, then silence", troubles=(_fault(Trouble.ACCEPT_THEN_SLEEP),)),
    Case(name="taken, then half an answer", troubles=(_fault(Trouble.ACCEPT_THEN_HALF),)),
    Case(name="taken, then a page", troubles=(_fault(Trouble.ACCEPT_THEN_HTML),)),
    Case(name="taken, listed only the third time", troubles=(_RST, _fault(Trouble.LISTING_EMPTY, count=2))),
    Case(name="taken, the list away for a while", troubles=(_500, _fault(Trouble.LISTING_DOWN, count=3))),
)
NOBODY_TELLS = (  # W7, W8, the list cannot be read; the text is not true any more as soon as its answer is lost
    Case(name="taken, the list away for ever", troubles=(_500, _DOWN), ends=S.UNKNOWN_FINAL),
    Case(
        name="not taken, the list away for ever",
        troubles=(_NEVER_500, _DOWN),
        ends=S.UNKNOWN_FINAL,
        texts=0,
    ),
)
REPORTED = (  # W7, the list is of no use, the reports are
    Case(
        name="taken, the list away, reported",
        troubles=(_500, _DOWN),
        reports=_steps("sent", "delivered"),
        ends=S.DELIVERED,
    ),
    Case(name="taken, the list wrong, reported", troubles=(_RST, _EMPTY), reports=_steps("sent")),
)
LOST_BEFORE = (  # W8
    Case(name="a reset before it was taken", troubles=(_NEVER_RST,), again=True),
    Case(name="a 500 before it was taken", troubles=(_NEVER_500,), again=True),
    Case(name="lost before, then after", troubles=(_NEVER_RST, _RST), again=True),
)
REFUSED = (  # W9
    Case(name="nobody answers", is_closed=True, again=True),
    Case(name="too many requests", troubles=(_fault(Trouble.BUSY, count=2),), again=True),
    Case(name="the queue is full", troubles=(_fault(Trouble.REFUSE, code=21611),), again=True),
    Case(name="has opted out", troubles=(_fault(Trouble.REFUSE, code=21610),), ends=S.SUPPRESSED, texts=0),
    Case(name="no route", troubles=(_fault(Trouble.REFUSE, code=21612),), ends=S.REJECTED, texts=0),
)
EARLY = (  # W13
    Case(name="reported before it was answered", reports=(_FIRST, *_steps("sent", "delivered")), ends=S.DELIVERED),
    Case(name="arrived before it was answered", reports=(Step(status="delivered", before=True),), ends=S.DELIVERED),
    Case(name="reported before a 500", troubles=(_500, _EMPTY), reports=(_FIRST,)),
    Case(name="reported before silence", troubles=(_fault(Trouble.ACCEPT_THEN_SLEEP), _EMPTY), reports=(_FIRST,)),
)
DISORDERLY = (  # W14
    Case(name="backwards", reports=_steps("delivered", "sent", "sending", "queued"), ends=S.DELIVERED),
    Case(name="three times each", reports=_steps(*["sent"] * 3, *["delivered"] * 3, *["sent"] * 3), ends=S.DELIVERED),
    Case(
        name="given up, then older news",
        reports=(*_steps("undelivered", code=30005), *_steps("sent")),
        ends=S.UNDELIVERED,
    ),
)
CASES = (*REFUSED, *LOST_AFTER, *NOBODY_TELLS, *REPORTED, *LOST_BEFORE, *EARLY, *DISORDERLY)
