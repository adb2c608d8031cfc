"""Whether somebody ought to know that a shopper could not be told, and how urgently."""

from tracker.domain.notices import LETTERS, Notice, NotificationState, WhyNot

# Of these the shopper would want to know. An order's confirmation the shop has said itself, and a parcel on the move
# is soon heard of again.
MATTERS = frozenset(Notice) - LETTERS - {Notice.CONFIRMED, Notice.IN_TRANSIT}
# The shopper has to do something, or waits for a parcel that does not come.
URGENT = frozenset({Notice.READY_FOR_PICKUP, Notice.ATTEMPT_FAILED, Notice.EXCEPTION, Notice.RETURNED})
ENDED_BADLY = frozenset(
    {
        NotificationState.REJECTED,
        NotificationState.SUPPRESSED,
        NotificationState.UNDELIVERED,
        NotificationState.UNKNOWN_FINAL,
    }
)
# Who opted out or never agreed wanted it so; that is nobody's to mend.
FOR_OPS = frozenset(
    {
        WhyNot.NO_ADDRESS,
        WhyNot.REFUSED_BY_PROVIDER,
        WhyNot.RENDER_FAILED,
        WhyNot.ANSWER_LOST,
        WhyNot.UNDELIVERED,
    }
)


def severity(notice: str) -> int:
    """2 today, 1 when you can."""
    return 2 if notice in URGENT else 1
