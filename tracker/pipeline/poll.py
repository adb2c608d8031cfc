"""How a carrier is asked about the parcels that are due: claim, ask without a transaction, write back, again."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256

from carriers.contract import (
    Answer,
    Carrier,
    CarrierBusy,
    CarrierDown,
    CarrierError,
    CarrierRefused,
    Meter,
    Reading,
    Unreadable,
)
from tracker.domain.shipments import LookOutcome
from tracker.pipeline import batches, writeback
from tracker.pipeline.batches import Call
from tracker.pipeline.faults import FaultPoint
from tracker.pipeline.looking import Answered, Looking, read_before, where
from tracker.pipeline.ports import LookClaim, LookClaims, Quota
from tracker.pipeline.quotas import StoreMeter, call_within, widened


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What one poll did."""

    carrier: str
    outcomes: Mapping[LookOutcome, int]
    released: int  # claims given back unasked
    told: int  # notifications that became due
    defects: tuple[str, ...]  # exceptions nobody should have raised; logged at the edge
    wait: timedelta | None  # nothing may be asked before: gate or quota
    more: bool  # stopped by the clock with work left

    @property
    def looks(self) -> int:
        return sum(self.outcomes.values())

    def __str__(self) -> str:
        said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return (said or "nothing asked") + (f"; next in {self.wait}" if self.wait else "")


@dataclass(slots=True, kw_only=True)
class _Turn:
    """One poll under way."""

    carrier: Carrier
    looking: Looking
    stopping: Callable[[], bool]
    quotas: tuple[Quota, ...]  # widened
    meter: Meter
    ends: float
    outcomes: Counter[LookOutcome] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)  # not yet written back
    released: int = 0
    told: int = 0
    wait: timedelta | None = None
    shut: bool = False  # what we heard, or our own limit, forbids to ask more
    troubled: bool = False  # a good answer must open the gate
    seconds_per_call: float = 0.0
    spoiled: int = 0  # calls in a row that failed as a whole

    @property
    def gate(self) -> str:
        return f"carrier:{self.carrier.credential}"

    def is_over(self) -> bool:
        return self.shut or self.looking.monotonic() >= self.ends or self.stopping()


def poll(carrier: Carrier, looking: Looking, *, stopping: Callable[[], bool] = lambda: False) -> PollReport:
    """Ask about everything that is due, until nothing is, the gate closes or the turn ends."""
    turn = _begin(carrier, looking, stopping)
    more = True
    while more and not turn.is_over():
        claimed_at = looking.monotonic()
        batch = _claim(turn)
        turn.wait, more = batch.wait, bool(batch.claims)
        turn.troubled = turn.troubled or batch.troubled
        _look(turn, batch.claims, claimed_at=claimed_at)
    return PollReport(
        carrier=carrier.name,
        outcomes=turn.outcomes,
        released=turn.released,
        told=turn.told,
        defects=tuple(turn.defects),
        wait=turn.wait,
        more=more and not turn.shut,
    )


def _begin(carrier: Carrier, looking: Looking, stopping: Callable[[], bool]) -> _Turn:
    quotas = widened(looking.quotas)
    meter = StoreMeter(
        store=looking.store, credential=carrier.credential, quotas=quotas, machine_now=looking.machine_now
    )
    ends = looking.monotonic() + looking.pace.turn.total_seconds()
    return _Turn(carrier=carrier, looking=looking, stopping=stopping, quotas=quotas, meter=meter, ends=ends)


def _claim(turn: _Turn) -> LookClaims:
    looking, carrier = turn.looking, turn.carrier
    return looking.store.claim_looks(
        carrier.name,
        carrier.credential,
        limit=_batch_size(turn),
        now=looking.now(),
        machine_now=looking.machine_now(),
        lease=looking.pace.lease,
        owner=looking.owner,
        quotas=turn.quotas,
        calls_of=carrier.max_batch,
    )


def _batch_size(turn: _Turn) -> int:
    """As many as can be asked while their reservation is good; the first batch finds out how long a call takes."""
    largest = max(turn.looking.pace.batch, turn.carrier.max_batch)
    if not turn.seconds_per_call:
        return largest
    calls = int(call_within(turn.looking.quotas).total_seconds() / turn.seconds_per_call)
    return min(largest, max(1, calls) * turn.carrier.max_batch)


def _look(turn: _Turn, claims: Sequence[LookClaim], *, claimed_at: float) -> None:
    """Ask about one batch; answers are written back as they come in, what was not asked is released."""
    if not claims:
        return
    looking = turn.looking
    looking.hit(FaultPoint.LOOK_AFTER_CLAIM)
    day = looking.machine_now().date()
    waiting = batches.calls(claims, size=turn.carrier.max_batch)
    written_at = looking.monotonic()
    while waiting and _may_ask(turn, waiting[0], claimed_at=claimed_at, day=day):
        waiting.extend(_ask(turn, waiting.popleft()))
        if looking.monotonic() - written_at >= looking.pace.write_back.total_seconds():
            _write(turn)
            written_at = looking.monotonic()
    _write(turn)
    unasked = [claim for call in waiting for claim in call.claims]
    if unasked:
        looking.store.release_looks(unasked)
        turn.released += len(unasked)


def _may_ask(turn: _Turn, call: Call, *, claimed_at: float, day: date) -> bool:
    """Whether the lease outlasts one call more, and a call is still reserved for it."""
    looking = turn.looking
    age = timedelta(seconds=looking.monotonic() - claimed_at)
    if turn.is_over() or age > looking.pace.lease - 2 * looking.pace.call:
        return False
    if call.is_reserved and age <= call_within(looking.quotas) and day == looking.machine_now().date():
        return True
    try:
        turn.meter.spend()  # it has no reservation, or one that belongs to a window that has passed
    except CarrierBusy as busy:
        turn.wait, turn.shut = busy.wait, True
        return False
    return True


def _ask(turn: _Turn, call: Call) -> Sequence[Call]:
    """Make one call; the smaller calls that must take its place when one number has spoiled it for the others."""
    looking = turn.looking
    looking.hit(FaultPoint.LOOK_BEFORE_ASK)
    at, started_machine_at, began = looking.now(), looking.machine_now(), looking.monotonic()
    numbers = tuple(dict.fromkeys(claim.tracking_number for claim in call.claims))
    unchanged = read_before(call.claims[0]) if turn.carrier.max_batch == 1 else ""
    answer = _answer(turn, numbers, unchanged=unchanged)
    took = looking.monotonic() - began
    looking.hit(FaultPoint.LOOK_AFTER_ANSWER)
    turn.seconds_per_call = (turn.seconds_per_call + took) / 2 if turn.seconds_per_call else took
    _heed(turn, answer)
    turn.spoiled = turn.spoiled + 1 if batches.is_spoiled(answer) else 0
    if 0 < turn.spoiled < batches.MOST_SPOILED and (halves := batches.halves(call)):
        return halves
    for claim in call.claims:
        turn.answers.append(
            _answered(
                claim,
                answer,
                is_shared=turn.carrier.max_batch > 1,
                at=at,
                started_machine_at=started_machine_at,
                took=timedelta(seconds=took),
            )
        )
    return ()


def _answer(turn: _Turn, numbers: Sequence[str], *, unchanged: str) -> Answer | CarrierError:
    try:
        return turn.carrier.ask(numbers, turn.meter, unchanged=unchanged)
    except CarrierError as error:
        return error
    except Exception as error:  # a defect in one carrier's file must not keep the other parcels waiting
        turn.defects.append(where(error))
        return Unreadable(f"our reading failed: {type(error).__name__}")


def _answered(
    claim: LookClaim,
    answer: Answer | CarrierError,
    *,
    is_shared: bool,
    at: datetime,
    started_machine_at: datetime,
    took: timedelta,
) -> Answered:
    reading: Reading
    if isinstance(answer, CarrierError):
        reading = answer
    else:
        silence = Unreadable("the answer does not mention this number", http_status=answer.http_status)
        reading = answer.readings.get(claim.tracking_number, silence)
    return Answered(
        claim=claim,
        reading=reading,
        body=answer.body,
        sha256=sha256(answer.body).hexdigest() if answer.body else None,
        said_sha256=sha256(repr(reading).encode()).hexdigest() if is_shared and answer.body else None,
        http_status=answer.http_status,
        at=at,
        started_machine_at=started_machine_at,
        took=took,
    )


def _heed(turn: _Turn, answer: Answer | CarrierError) -> None:
    """What this answer means for everybody who asks with the same credential."""
    pace, machine_now = turn.looking.pace, turn.looking.machine_now()
    match answer:
        case CarrierBusy():
            _shut(turn, answer, until=machine_now + answer.wait)
        case CarrierRefused():
            _shut(turn, answer, until=machine_now + pace.refused_for)
            _blind_others(turn, answer)
        case CarrierDown():
            turn.troubled = True
            if turn.looking.store.count_failure(turn.gate, machine_now=machine_now) >= pace.down_after:
                _shut(turn, answer, until=machine_now + pace.down_for)
                _blind_others(turn, answer)
        case _:
            if turn.troubled:
                turn.looking.store.open_gate(turn.gate, machine_now=machine_now)
                turn.troubled = False


def _shut(turn: _Turn, error: CarrierError, *, until: datetime) -> None:
    machine_now = turn.looking.machine_now()
    reason = f"{error.outcome}: {error}"
    turn.looking.store.close_gate(turn.gate, reason=reason, until_machine_at=until, machine_now=machine_now)
    turn.wait, turn.shut = until - machine_now, True


def _blind_others(turn: _Turn, error: CarrierError) -> None:
    """One probe at a time asks about one parcel; the silence of all the others is ours, not the carrier's."""
    looking = turn.looking
    looking.store.go_blind(turn.carrier.name, outcome=LookOutcome(error.outcome), now=looking.now())


def _write(turn: _Turn) -> None:
    if not turn.answers:
        return
    turn.looking.hit(FaultPoint.LOOK_BEFORE_RECORD)
    written = writeback.write(turn.answers, turn.looking)
    turn.answers.clear()
    turn.outcomes.update(written.outcomes)
    turn.defects += written.defects
    turn.told += len(written.due)
