"""What the provider's later word makes of a notification, in whatever order its reports arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from notifiers.message import Verdict
from notifiers.receipts import ORDER, Receipt, ReceiptState
from tracker.domain.notices import NotificationState

MOST_FAILURES = 2  # a text the network gave up is sent again that often, where the provider's code allows it

ARRIVED = frozenset({ReceiptState.DELIVERED, ReceiptState.READ})
FAILED = frozenset({ReceiptState.UNDELIVERED, ReceiptState.FAILED, ReceiptState.CANCELED})

S = NotificationState
_CAN_FAIL = frozenset(
    {S.SENDING, S.UNKNOWN, S.ACCEPTED, S.SENT_UNCONFIRMED, S.UNDELIVERED, S.UNKNOWN_FINAL, S.PENDING, S.LEASED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One hand-over and the furthest that was reported of it."""

    n: int
    verdict: Verdict | None  # None: no answer yet, perhaps never
    receipt: ReceiptState | None = None
    code: str = ""
    provider_message_id: str = ""


def heard(attempt: Attempt, receipt: Receipt) -> Attempt:
    """The attempt after one more report; the same value when the report is older or says nothing new."""
    if attempt.receipt is not None and _weight(receipt.state, receipt.code) <= _weight(attempt.receipt, attempt.code):
        return attempt
    return replace(
        attempt,
        verdict=(receipt.verdict or Verdict.REJECT) if receipt.state in FAILED else Verdict.ACCEPTED,
        receipt=receipt.state,
        code=receipt.code,
        provider_message_id=receipt.provider_message_id,
    )


def concluded(state: NotificationState, attempts: Sequence[Attempt]) -> NotificationState | None:
    """The state that the attempts prove, in order of `n`; None when the row stays as it is."""
    last = attempts[-1]
    if state is S.SENDING and last.verdict is None:
        return None  # a call is on its way: its answer decides, and asks again
    proven = _proven(attempts)
    if proven is None or proven is state:
        return None
    match proven:
        case S.ACCEPTED if state in (S.DELIVERED, S.SENT_UNCONFIRMED):
            return None
        case S.PENDING if state is S.LEASED:
            return None  # it is on its way again already
        case S.PENDING | S.UNDELIVERED if state not in _CAN_FAIL:
            return None
        case _:
            return proven


def _proven(attempts: Sequence[Attempt]) -> NotificationState | None:
    if any(each.receipt in ARRIVED for each in attempts):
        return S.DELIVERED
    if any(each.verdict is Verdict.ACCEPTED for each in attempts):
        return S.ACCEPTED
    if attempts[-1].receipt not in FAILED:
        return None
    failures = sum(each.receipt in FAILED for each in attempts)
    return S.PENDING if attempts[-1].verdict is Verdict.RETRY and failures <= MOST_FAILURES else S.UNDELIVERED


def _weight(state: ReceiptState, code: str) -> tuple[int, str]:
    """Two reports of one state are told apart by their codes, so that the end does not depend on their order."""
    return ORDER.index(state), code
