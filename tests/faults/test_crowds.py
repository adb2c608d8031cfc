"""W11, W19, W20: many workers, several clocks, restarts in the middle; each mail and each text goes out once."""

from notifiers.message import Verdict
from tests.faults.leading import dethrone, leader
from tests.faults.shop import BOTH, shop
from tests.servers import until

ROUNDS = 4


def test_every_ring_five_times_for_four_workers(migrated_url: str, redis_url: str) -> None:
    with shop(migrated_url, redis_url=redis_url, divisor=1) as it:
        workers = [it.worker("dispatch") for _ in range(4)]
        it.confirm(1)
        until(lambda: it.arrived() == 1, what="somebody to work")

        for notification_id in it.confirm(50, by=BOTH):
            for _ in range(4):
                it.app.doorbell.ring("dispatch", notification_id)

        tally = it.settle()
        assert (tally.accepted, tally.texts, tally.repeats, tally.lost) == (101, 50, 0, 0)
        # A crowded machine may fail to connect in time: what surely did not leave is tried again, what was taken never.
        assert {row.accepted for row in it.rows()} == {1}
        assert {each.verdict for row in it.rows() for each in row.attempts} <= {Verdict.ACCEPTED, Verdict.RETRY}
        until(lambda: it.app.doorbell.depth("dispatch") == 0, what="every ring to be heard")
        assert all(worker.is_alive() for worker in workers)


def test_three_clocks_at_once_do_no_harm(migrated_sqlite_url: str, redis_url: str) -> None:
    """The lease is taken from whoever leads again and again, so that several believe they do."""
    with shop(migrated_sqlite_url, redis_url=redis_url) as it:
        it.worker()
        clocks = {clock.pid: clock for clock in (it.clock() for _ in range(3))}
        parcels = it.ship(20, by=BOTH, story=[("origin", 1), ("out for delivery", 3), ("delivered", 5)])
        led: set[int] = set()

        def everybody_has_led() -> bool:
            led.add(leader(it))
            dethrone(it)
            it.confirm(2, by=BOTH)
            return led >= clocks.keys()

        until(everybody_has_led, what="each clock to lead")
        until(lambda: leader(it) in clocks, what="a leader")
        clocks.pop(leader(it)).kill()
        until(lambda: leader(it) in clocks, what="another clock to take the lead")
        it.confirm(5, by=BOTH)
        until(lambda: it.count_of("delivered") == 2 * len(parcels), what="every parcel to arrive")

        tally = it.settle()
        assert tally.torn == 0


def test_a_deploy_in_the_middle_of_a_stream_cuts_no_message(migrated_url: str, redis_url: str) -> None:
    """Workers are told to go, one after the other, and replaced, while orders keep coming."""
    with shop(migrated_url, redis_url=redis_url, divisor=2) as it:
        it.clock()
        workers = [it.worker(), it.worker()]
        it.ship(20, by=BOTH, story=[("origin", 1), ("out for delivery", 4), ("delivered", 8)])
        arrived = 0
        for _ in range(ROUNDS):
            it.confirm(20, by=BOTH)
            until(lambda: it.arrived() > arrived, what="the stream to flow")  # noqa: B023 - asked at once
            arrived = it.arrived()
            workers.append(it.worker())
            until(workers[-1].is_ready, what="the newcomer to be ready")
            told_to_go = workers.pop(0)
            assert told_to_go.stop() == 0
            assert not [row for row in it.rows() if (row.lease_owner or "").endswith(f":{told_to_go.pid}")]
        until(lambda: it.count_of("delivered") == 40, what="every parcel to arrive")

        tally = it.settle()
        assert tally.accepted >= ROUNDS * 40 + 40
        assert tally.texts >= ROUNDS * 20 + 20
        assert tally.torn == 0
