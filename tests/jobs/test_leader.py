"""Whether a clock ticks only while it can prove that it leads."""

from datetime import timedelta

from tests.servers import until
from tracker.jobs.leader import Leader

LONG = timedelta(hours=1)


def test_a_clock_leads_after_it_took_the_lease() -> None:
    leader = Leader(lambda: True, trust=LONG)

    assert not leader.leads()
    assert leader.try_to_lead()
    assert leader.leads()


def test_a_lost_lease_ends_the_lead_at_once() -> None:
    answers = iter([True, False])
    leader = Leader(lambda: next(answers), trust=LONG)
    leader.try_to_lead()

    leader.try_to_lead()

    assert not leader.leads()


def test_a_lease_that_is_not_renewed_is_not_trusted_for_long() -> None:
    leader = Leader(lambda: True, trust=timedelta(seconds=0.1))
    leader.try_to_lead()

    assert until(lambda: not leader.leads(), what="the trust to end")


def test_no_trust_is_no_lead() -> None:
    leader = Leader(lambda: True, trust=timedelta(0))

    leader.try_to_lead()

    assert not leader.leads()
