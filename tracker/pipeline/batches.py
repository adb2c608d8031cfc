"""Which numbers one call asks about, and what happens when one of them spoils it for the others."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from carriers.contract import Answer, CarrierError, UnknownNumber, Unreadable
from tracker.domain.shipments import LookOutcome
from tracker.pipeline.ports import LookClaim

# Calls in a row that failed as a whole: from here on the carrier is at fault, not a number, and nothing is halved any
# more. One bad number among thirty is found in ten calls, of which no three in a row fail.
MOST_SPOILED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to make."""

    claims: Sequence[LookClaim]
    is_reserved: bool = True  # its call is counted already


def calls(claims: Sequence[LookClaim], *, size: int) -> deque[Call]:
    """The claims in calls of `size`; those that could not be read last time in calls of their own."""
    suspects = [claim for claim in claims if claim.outcome is LookOutcome.UNREADABLE] if size > 1 else []
    others = [claim for claim in claims if claim.outcome is not LookOutcome.UNREADABLE] if suspects else claims
    chunks = [group[i : i + size] for group in (others, suspects) for i in range(0, len(group), size)]
    reserved = -(-len(claims) // size)
    return deque(Call(claims=chunk, is_reserved=n < reserved) for n, chunk in enumerate(chunks))


def is_spoiled(answer: Answer | CarrierError) -> bool:
    """Whether a call failed as a whole, perhaps for one of the numbers it asked."""
    return isinstance(answer, (Unreadable, UnknownNumber))


def halves(call: Call) -> Sequence[Call]:
    """What to ask instead of a spoiled call, each a call more; nothing instead of one number."""
    middle = len(call.claims) // 2
    cut = (call.claims[:middle], call.claims[middle:])
    return [Call(claims=half, is_reserved=False) for half in cut] if middle else ()
