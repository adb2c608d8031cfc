"""Asking Twilio what it holds: proof that a text was taken, proof that it was not, or no proof at all."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from notifiers.contract import ListingFailed
from notifiers.message import Message, Verdict
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN, SERVICE
from notifiers.sandbox.mischief import Fault, Trouble
from notifiers.sandbox.phone import Phone
from notifiers.twilio_sms.notifier import TwilioSms
from tests.notifiers.letters import a_text

NEAR = timedelta(minutes=2)


def found(twilio: TwilioSms, message: Message, *, since: timedelta = -NEAR, until: timedelta = NEAR) -> list[str]:
    now = datetime.now(UTC)
    return [*twilio.find(message, since=now + since, until=now + until)]


def sids(phone: Phone) -> list[str]:
    return [text.sid for text in phone.texts()]


@pytest.mark.parametrize(
    "trouble",
    [Trouble.ACCEPT_THEN_RST, Trouble.ACCEPT_THEN_500, Trouble.ACCEPT_THEN_SLEEP, Trouble.ACCEPT_THEN_HTML],
)
def test_a_text_whose_answer_was_lost_is_found(
    phone: Phone, twilio: TwilioSms, impatient_twilio: TwilioSms, trouble: Trouble
) -> None:
    phone.faults.add(Fault(kind=trouble))

    assert impatient_twilio.send(a_text()).verdict is Verdict.UNKNOWN
    assert len(phone.texts()) == 1
    assert found(twilio, a_text()) == sids(phone)


def test_a_text_that_never_arrived_is_not_found(phone: Phone, twilio: TwilioSms) -> None:
    phone.faults.add(Fault(kind=Trouble.RST_BEFORE_ACCEPT))

    assert twilio.send(a_text()).verdict is Verdict.UNKNOWN
    assert found(twilio, a_text()) == []


def test_only_this_text_to_this_number_in_this_span_counts(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text(text="Another text"))
    twilio.send(a_text(to="+12025550124"))
    phone.exchange.receive(sender="+15005550006", to=a_text().to, body=a_text().text)
    twilio.send(a_text())

    assert found(twilio, a_text()) == [phone.texts()[2].sid]
    assert found(twilio, a_text(), since=-2 * NEAR, until=-NEAR) == []
    assert found(twilio, a_text(), since=NEAR, until=2 * NEAR) == []


def test_both_copies_are_told_when_there_are_two(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text())
    twilio.send(a_text())

    assert sorted(found(twilio, a_text())) == sorted(sids(phone))


def test_a_text_is_found_though_its_service_has_not_chosen_a_sender(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text(sender=SERVICE))

    assert found(twilio, a_text()) == sids(phone)


def test_a_text_is_found_though_twilio_wrote_something_before_it(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text(text=f"Sent from a trial account - {a_text().text}"))

    assert found(twilio, a_text()) == sids(phone)


def test_a_text_is_found_behind_many_others(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text())
    for number in range(60):
        twilio.send(a_text(text=f"Another {number}"))

    assert found(twilio, a_text()) == [phone.texts()[0].sid]


def test_a_list_without_end_proves_nothing(phone: Phone, twilio: TwilioSms) -> None:
    for number in range(201):
        phone.exchange.kept.accept(
            direction="outbound-api", to=a_text().to, sender="", service="", body=f"{number}", status="sent"
        )

    with pytest.raises(ListingFailed, match="more than 200"):
        found(twilio, a_text())


def test_a_list_that_cannot_be_read_proves_nothing(phone: Phone, twilio: TwilioSms) -> None:
    phone.faults.add(Fault(kind=Trouble.LISTING_DOWN))
    with pytest.raises(ListingFailed, match="20503"):
        found(twilio, a_text())
    phone.close_door()
    with pytest.raises(ListingFailed, match="refused"):
        found(twilio, a_text())


def test_a_list_read_with_the_wrong_token_proves_nothing(phone: Phone) -> None:
    stranger = TwilioSms(account_sid=ACCOUNT_SID, auth_token="x" + AUTH_TOKEN, sender="BlueKettle", base_url=phone.url)
    with closing(stranger), pytest.raises(ListingFailed, match="20003"):
        found(stranger, a_text())


def test_an_empty_list_is_an_answer(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text())
    phone.faults.add(Fault(kind=Trouble.LISTING_EMPTY))

    assert found(twilio, a_text()) == []


def test_a_forgotten_text_proves_nothing_unless_another_matches(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text())
    twilio.redact(phone.texts()[0].sid)

    with pytest.raises(ListingFailed, match="hides"):
        found(twilio, a_text())
    twilio.send(a_text())
    assert found(twilio, a_text()) == [phone.texts()[1].sid]


def test_twilio_can_be_made_to_forget_a_text(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text())
    twilio.redact(phone.texts()[0].sid)

    assert [text.body for text in phone.texts()] == [""]
    with pytest.raises(ListingFailed, match="20404"):
        twilio.redact("SM" + "0" * 32)
