"""Who may be told, and what pages and logs may show of an address."""

import pytest

from notifiers.message import Channel
from tests.domain.builders import DAY, NOON, a_recipient
from tracker.domain.notices import WhyNot
from tracker.domain.people import Barrier, Consent, address_on, mask, may_tell

ADDRESS = "ann@shopper.example"


def said(*words: tuple[bool, int], channel: Channel = Channel.EMAIL) -> tuple[Consent, ...]:
    """Consents given (true) and taken back, each with its day."""
    return tuple(Consent(channel=channel, granted=yes, source="checkout", at=NOON + n * DAY) for yes, n in words)


@pytest.mark.parametrize(
    ("consents", "barrier"),
    [
        (said((True, 0)), None),
        ((), Barrier.NO_CONSENT),
        (said((True, 0), channel=Channel.SMS), Barrier.NO_CONSENT),  # a channel of its own
        (said((True, 0), (False, 1)), Barrier.OPTED_OUT),
        (said((False, 1), (True, 0)), Barrier.OPTED_OUT),  # the newest counts, not the last
        (said((False, 0), (True, 1)), None),
        (said((True, 0), (False, 0)), Barrier.OPTED_OUT),  # of one instant, the refusal
    ],
)
def test_the_newest_word_on_a_channel_counts_and_none_means_no(
    consents: tuple[Consent, ...], barrier: Barrier | None
) -> None:
    assert may_tell(a_recipient(consents=consents), Channel.EMAIL, frozenset()) is barrier


def test_a_suppressed_address_is_not_used_whoever_consented() -> None:
    assert may_tell(a_recipient(), Channel.EMAIL, frozenset({(Channel.EMAIL, ADDRESS)})) is Barrier.OPTED_OUT
    assert may_tell(a_recipient(), Channel.EMAIL, frozenset({(Channel.SMS, ADDRESS)})) is None


def test_without_an_address_or_after_erasure_there_is_nobody_to_tell() -> None:
    assert may_tell(a_recipient(contacts=()), Channel.EMAIL, frozenset()) is Barrier.NO_ADDRESS
    assert may_tell(a_recipient(erased=True), Channel.EMAIL, frozenset()) is Barrier.NO_ADDRESS
    assert address_on(a_recipient(), Channel.EMAIL) == ADDRESS


def test_every_barrier_is_a_reason_the_outbox_knows() -> None:
    assert [WhyNot(barrier.value) for barrier in Barrier]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (ADDRESS, "a***@shopper.example"),
        ("@odd.example", "***@odd.example"),
        ("+15550100", "***00"),
        ("123", "***"),
        ("", "***"),
    ],
)
def test_a_masked_address_can_be_recognised_and_not_used(address: str, shown: str) -> None:
    assert mask(address) == shown
