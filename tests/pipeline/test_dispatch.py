"""A notification is handed over at most once, and every verdict leaves the row where it belongs."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from carriers.events import Milestone
from notifiers.message import Handover, Message, Verdict
from tests.domain.builders import DAY, a_scan
from tests.pipeline.world import RecordingNotifier, Row, World
from tracker.domain.brands import Brand
from tracker.domain.notices import NotificationState, Told, WhyNot
from tracker.pipeline.dispatch import SendGate, dispatch, retry_step
from tracker.pipeline.ports import StoreAway

MINUTE = timedelta(minutes=1)


def delivered(world: World, *, parcels: int = 1) -> Row:
    """One order whose delivery is due to be told."""
    order = world.order(parcels=parcels)
    world.say(order.shipments[0], a_scan(Milestone.DELIVERED))
    world.look()
    return world.told(order)[0]


def now(world: World, row: Row) -> Row:
    return next(each for each in world.told() if each.id == row.id)


@pytest.mark.parametrize(
    ("verdict", "state", "why_not"),
    [
        (Verdict.ACCEPTED, NotificationState.ACCEPTED, None),
        (Verdict.RETRY, NotificationState.PENDING, None),
        (Verdict.UNKNOWN, NotificationState.UNKNOWN, None),
        (Verdict.REJECT, NotificationState.REJECTED, WhyNot.REFUSED_BY_PROVIDER),
        (Verdict.SUPPRESS, NotificationState.SUPPRESSED, WhyNot.REFUSED_BY_PROVIDER),
        (Verdict.HALT, NotificationState.PENDING, None),
    ],
)
def test_each_verdict_has_its_state(
    world: World, verdict: Verdict, state: NotificationState, why_not: WhyNot | None
) -> None:
    row = delivered(world)
    world.provider.answers = [Handover(verdict=verdict, code="x")]

    world.send()

    after = now(world, row)
    assert (after.state, after.why_not, after.attempts) == (state, why_not, 1)


def test_a_retry_waits_its_step_and_sends_the_same_bytes(world: World) -> None:
    row = delivered(world)
    world.provider.answers = [Handover(verdict=Verdict.RETRY, code="421")]
    world.send()

    assert world.send() == 0
    world.clocks.pass_by(retry_step(0))
    world.send()

    assert now(world, row).state is NotificationState.ACCEPTED
    first, second = world.provider.sent
    assert first == second
    assert world.renderer.rendered == 1


def test_retries_are_spaced_and_then_hourly() -> None:
    steps = [retry_step(attempts) for attempts in range(9)]

    assert steps[:3] == [timedelta(seconds=5), timedelta(seconds=30), 2 * MINUTE]
    assert steps[6:] == [timedelta(hours=2), timedelta(hours=1), timedelta(hours=1)]


def test_a_provider_that_refuses_our_settings_is_left_alone_for_a_while(world: World) -> None:
    first, second = delivered(world), delivered(world)
    world.provider.answers = [Handover(verdict=Verdict.HALT, code="535")]

    world.send()

    assert len(world.provider.sent) == 1
    assert {now(world, first).state, now(world, second).state} == {NotificationState.PENDING}
    world.clocks.pass_by(11 * MINUTE)
    world.send_all()
    world.clocks.pass_by(MINUTE)
    world.send_all()
    assert {now(world, first).state, now(world, second).state} == {NotificationState.ACCEPTED}


def test_a_lost_answer_is_sent_again_twice_with_the_same_message_id_and_then_given_up(world: World) -> None:
    row = delivered(world)
    world.provider.answers = [Handover(verdict=Verdict.UNKNOWN, code="timeout_after_data")] * 5

    for _ in range(5):
        world.send()
        world.clocks.pass_by(MINUTE)
        world.reconcile()

    after = now(world, row)
    assert (after.state, after.why_not) == (NotificationState.UNKNOWN_FINAL, WhyNot.ANSWER_LOST)
    assert len({message.message_id for message in world.provider.sent}) == 1
    assert len(world.provider.sent) == 3


def test_a_lost_answer_is_not_sent_again_once_it_is_old_news(world: World) -> None:
    row = delivered(world)
    world.provider.answers = [Handover(verdict=Verdict.UNKNOWN, code="reset")]
    world.send()

    world.clocks.pass_by(3 * DAY)
    world.reconcile()

    assert now(world, row).state is NotificationState.UNKNOWN_FINAL
    assert len(world.provider.sent) == 1


def test_two_rings_for_one_notification_send_it_once(world: World) -> None:
    row = delivered(world)

    assert [world.send(row.id), world.send(row.id)] == [1, 0]

    assert len(world.provider.sent) == 1


def test_a_template_that_breaks_ends_its_row_and_no_other(world: World) -> None:
    orders = [world.order() for _ in range(100)]
    for order in orders:
        world.say(order.shipments[0], a_scan(Milestone.DELIVERED))
    while world.look().looks:
        pass
    world.renderer.broken = {orders[40].number}

    world.send_all()

    broken = world.told(orders[40])[0]
    assert (broken.state, broken.why_not) == (NotificationState.REJECTED, WhyNot.RENDER_FAILED)
    assert len(world.provider.sent) == 99


def test_sending_off_renders_and_keeps(world: World) -> None:
    row = delivered(world)

    world.send(gate=SendGate(off=True))

    after = now(world, row)
    assert (after.state, after.why_not) == (NotificationState.HELD, WhyNot.SENDING_OFF)
    assert (world.renderer.rendered, world.provider.sent) == (1, [])


@pytest.mark.parametrize(
    ("allowed", "state"),
    [("ann@shopper.example", NotificationState.ACCEPTED), ("bob@shopper.example", NotificationState.HELD)],
)
def test_an_allow_list_lets_only_its_own_through(world: World, allowed: str, state: NotificationState) -> None:
    row = delivered(world)

    world.send(gate=SendGate(allowed=frozenset({allowed})))

    assert now(world, row).state is state


def test_too_many_an_hour_put_everything_on_hold(world: World) -> None:
    rows = [delivered(world) for _ in range(5)]

    dispatch(None, world.sending(cap=3), limit=10)

    states = [now(world, row).state for row in rows]
    assert states.count(NotificationState.ACCEPTED) == 3
    assert states.count(NotificationState.PENDING) == 2
    world.clocks.pass_by(2 * MINUTE)
    assert world.send() == 0


def test_what_expired_is_never_sent(world: World) -> None:
    row = delivered(world)

    world.clocks.pass_by(3 * DAY)
    world.send()
    world.store.outbox.expire(limit=10, now=world.clocks.now(), machine_now=world.clocks.machine_now())

    assert now(world, row).state is NotificationState.EXPIRED
    assert world.provider.sent == []


def test_a_call_is_not_begun_when_the_lease_is_nearly_over(world: World) -> None:
    """A process that was frozen after its claim must not send what another may be sending by now."""
    row = delivered(world)
    slow = replace(world.sending(), renderer=_Slow(world, timedelta(seconds=50)))

    dispatch(None, slow)

    assert world.provider.sent == []
    assert now(world, row).state is NotificationState.PENDING


def test_a_result_is_written_when_the_database_comes_back(world: World) -> None:
    row = delivered(world)
    away = _AwayForAWhile(world)

    dispatch(None, replace(world.sending(), store=away))

    assert away.refusals == 3
    assert now(world, row).state is NotificationState.ACCEPTED


def test_a_result_nobody_can_write_down_becomes_unknown(world: World) -> None:
    row = delivered(world)
    away = _AwayForAWhile(world, refusals=10_000)

    dispatch(None, replace(world.sending(), store=away))
    world.clocks.pass_by(2 * MINUTE)
    world.store.outbox.expire_leases(
        machine_now=world.clocks.machine_now(), reconcile_machine_at=world.clocks.machine_now()
    )

    assert now(world, row).state is NotificationState.UNKNOWN
    assert len(world.provider.sent) == 1


def test_a_provider_that_breaks_its_word_may_have_sent(world: World) -> None:
    row = delivered(world)
    world.provider = _Raising()

    world.send()

    assert now(world, row).state is NotificationState.UNKNOWN


@dataclass
class _Slow:
    """A renderer that takes as long as a frozen process."""

    world: World
    takes: timedelta

    def mail(self, told: Told, brand: Brand, **facts: Any) -> Message:
        self.world.clocks.pass_by(self.takes)
        return self.world.renderer.mail(told, brand, **facts)

    def text(self, told: Told, brand: Brand, **facts: Any) -> Message:
        raise NotImplementedError


class _Raising(RecordingNotifier):
    """Breaks the contract after it may have sent."""

    def send(self, message: Message) -> Handover:
        raise RuntimeError("a defect in a provider's file")


class _AwayForAWhile:
    """The real store, whose database goes away while the provider is called."""

    def __init__(self, world: World, refusals: int = 3) -> None:
        self._store = world.store
        self._left = refusals
        self.refusals = 0

    @property
    def outbox(self) -> Any:
        return self

    def finish(self, *args: Any, **known: Any) -> bool:
        if self.refusals < self._left:
            self.refusals += 1
            raise StoreAway("gone")
        return self._store.outbox.finish(*args, **known)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store.outbox, name)
