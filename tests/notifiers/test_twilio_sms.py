"""Handing a text to Twilio: what each ending means, and that nothing is sent twice or told to a log."""

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifiers.contract import NotifierMisconfigured
from notifiers.message import Channel, Verdict
from notifiers.registry import TEXTERS
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN, SERVICE
from notifiers.sandbox.mischief import Fault, Trouble
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER
from notifiers.twilio_sms.notifier import TwilioSms
from tests.notifiers.certificates import server_side
from tests.notifiers.letters import a_text
from tests.servers import PATIENCE, held_port

CALLBACK = "http://shop.example/webhooks/twilio/status/n1/1?k=abc"
ENDINGS = [
    (Trouble.ACCEPT_THEN_RST, (Verdict.UNKNOWN, "lost_after_request"), 1),
    (Trouble.ACCEPT_THEN_500, (Verdict.UNKNOWN, "20500"), 1),
    (Trouble.ACCEPT_THEN_SLEEP, (Verdict.UNKNOWN, "timeout_after_request"), 1),
    (Trouble.ACCEPT_THEN_HALF, (Verdict.UNKNOWN, "lost_after_request"), 1),
    (Trouble.ACCEPT_THEN_HTML, (Verdict.UNKNOWN, "unreadable"), 1),
    (Trouble.RST_BEFORE_ACCEPT, (Verdict.UNKNOWN, "lost_after_request"), 0),
    (Trouble.NO_ACCEPT_500, (Verdict.UNKNOWN, "20500"), 0),
    (Trouble.BUSY, (Verdict.RETRY, "20429"), 0),
]
REFUSALS = [
    ("+15005550001", Verdict.SUPPRESS, "21211"),
    ("+15005550002", Verdict.REJECT, "21612"),
    ("+15005550003", Verdict.REJECT, "21408"),
    ("+15005550004", Verdict.SUPPRESS, "21610"),
    ("+15005550009", Verdict.SUPPRESS, "21614"),
    ("+12025550", Verdict.SUPPRESS, "21211"),
    ("12025550123", Verdict.REJECT, "not_e164"),
]


def a_notifier(**changes: Any) -> TwilioSms:
    return TwilioSms(**{"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "sender": WORKING_SENDER} | changes)


def test_an_accepted_text_has_twilios_id(phone: Phone, twilio: TwilioSms) -> None:
    handover = twilio.send(a_text(callback_url=CALLBACK))

    (text,) = phone.texts()
    assert (handover.verdict, handover.provider_message_id) == (Verdict.ACCEPTED, text.sid)
    assert (text.to, text.sender, text.body) == (a_text().to, WORKING_SENDER, a_text().text)
    assert (text.callback_url, text.service) == (CALLBACK, "")


def test_a_messaging_service_may_choose_the_sender(phone: Phone) -> None:
    with closing(a_notifier(sender="", messaging_service_sid=SERVICE, base_url=phone.url)) as twilio:
        assert twilio.send(a_text()).verdict is Verdict.ACCEPTED

    assert [(text.service, text.sender) for text in phone.texts()] == [(SERVICE, "")]


def test_a_brands_own_sender_comes_before_the_accounts(phone: Phone, twilio: TwilioSms) -> None:
    assert twilio.send(a_text(sender=SERVICE)).verdict is Verdict.ACCEPTED
    assert twilio.send(a_text(sender="+12025550199")).code == "21659"

    assert [text.service for text in phone.texts()] == [SERVICE]


@pytest.mark.parametrize(("trouble", "ending", "kept"), ENDINGS)
def test_what_may_have_been_taken_is_unknown(
    phone: Phone,
    twilio: TwilioSms,
    impatient_twilio: TwilioSms,
    trouble: Trouble,
    *,
    ending: tuple[Verdict, str],
    kept: int,
) -> None:
    phone.faults.add(Fault(kind=trouble))
    sender = impatient_twilio if trouble is Trouble.ACCEPT_THEN_SLEEP else twilio

    handover = sender.send(a_text())

    assert ((handover.verdict, handover.code), len(phone.texts())) == (ending, kept)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_one_hand_over_is_one_call_whatever_happens(phone: Phone, twilio: TwilioSms, trouble: Trouble) -> None:
    phone.faults.add(Fault(kind=trouble, seconds=0.1))

    twilio.send(a_text())

    assert len(phone.texts()) <= 1
    assert twilio.send(a_text()).verdict is Verdict.ACCEPTED


def test_threads_share_a_notifier_and_each_text_goes_out_once(phone: Phone, twilio: TwilioSms) -> None:
    texts = [a_text(text=f"Text {number}") for number in range(80)]

    with ThreadPoolExecutor(8) as threads:
        handed = list(threads.map(twilio.send, texts))

    kept = {text.sid: text.body for text in phone.texts()}
    assert [kept[each.provider_message_id] for each in handed] == [text.text for text in texts]
    assert len(kept) == 80


@pytest.mark.parametrize(("to", "verdict", "code"), REFUSALS)
def test_a_number_twilio_refuses_is_classed_by_its_code(
    phone: Phone, twilio: TwilioSms, to: str, verdict: Verdict, code: str
) -> None:
    handover = twilio.send(a_text(to=to))

    assert (handover.verdict, handover.code, phone.texts()) == (verdict, code, [])


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (400, 21606, Verdict.HALT),
        (400, 20999, Verdict.HALT),
        (400, 21999, Verdict.REJECT),
        (400, 30999, Verdict.REJECT),
        (400, 63999, Verdict.REJECT),
        (401, 20003, Verdict.HALT),
        (403, 21999, Verdict.HALT),
        (404, 0, Verdict.HALT),
        (302, 0, Verdict.HALT),
        (408, 0, Verdict.UNKNOWN),
        (503, 20503, Verdict.UNKNOWN),
        (429, 0, Verdict.RETRY),
    ],
)
def test_a_code_we_do_not_know_goes_by_its_range(
    phone: Phone, twilio: TwilioSms, status: int, code: int, verdict: Verdict
) -> None:
    phone.faults.add(Fault(kind=Trouble.REFUSE, status=status, code=code))

    assert twilio.send(a_text()).verdict is verdict


def test_what_never_left_is_tried_again(phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text())
    phone.close_door()
    refused = twilio.send(a_text())
    phone.open_door()

    assert (refused.verdict, refused.code) == (Verdict.RETRY, "refused_at_connect")
    assert twilio.send(a_text()).verdict is Verdict.ACCEPTED


def test_a_server_nobody_vouches_for_gets_nothing(untrusted_port: int) -> None:
    with closing(a_notifier(base_url=f"https://127.0.0.1:{untrusted_port}")) as twilio:
        handover = twilio.send(a_text())

    assert (handover.verdict, handover.code) == (Verdict.RETRY, "tls_at_connect")


@pytest.mark.parametrize("text", ["", "x" * 1601, "x" * 460])
def test_a_text_that_cannot_or_may_not_be_sent_is_refused_before_the_call(
    phone: Phone, twilio: TwilioSms, text: str
) -> None:
    handover = twilio.send(a_text(text=text))

    assert (handover.verdict, handover.code, phone.texts()) == (Verdict.REJECT, "bad_text", [])


def test_nothing_told_to_logs_or_rows_names_a_person(
    phone: Phone, twilio: TwilioSms, impatient_twilio: TwilioSms, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # the lowest we ever write
    said = [twilio.send(a_text(to=to)) for to, *_ in REFUSALS]
    for trouble, *_ in ENDINGS:
        phone.faults.add(Fault(kind=trouble))
        said.append(impatient_twilio.send(a_text()))

    twilio.find(a_text(), since=datetime.now(UTC), until=datetime.now(UTC))
    told = caplog.text + "".join(f"{each.code} {each.detail}" for each in said)

    assert "5550" not in told
    assert "Blue Kettle" not in told
    assert AUTH_TOKEN not in told


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"account_sid": "SK" + "0" * 32}, "TWILIO_ACCOUNT_SID"),
        ({"account_sid": ""}, "TWILIO_ACCOUNT_SID"),
        ({"auth_token": ""}, "TWILIO_AUTH_TOKEN"),
        ({"auth_token": "tökén"}, "TWILIO_AUTH_TOKEN"),
        ({"sender": ""}, "TWILIO_FROM"),
        ({"messaging_service_sid": SERVICE}, "TWILIO_FROM"),
        ({"sender": "", "messaging_service_sid": "MG1"}, "TWILIO_MESSAGING_SERVICE_SID"),
        ({"sender": "Blue Kettle Store"}, "TWILIO_FROM"),
        ({"sender": "0301234567890"}, "TWILIO_FROM"),
        ({"base_url": "http://api.twilio.com"}, "TWILIO_BASE_URL"),
        ({"base_url": "https://api.twilio.com/2010-04-01"}, "TWILIO_BASE_URL"),
        ({"base_url": "https://api.twilio.com:port"}, "TWILIO_BASE_URL"),
        ({"base_url": "api.twilio.com"}, "TWILIO_BASE_URL"),
    ],
)
def test_a_wrong_setting_is_named_at_start_up(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(NotifierMisconfigured, match=named):
        a_notifier(**wrong)


@pytest.mark.parametrize("sender", ["+12025550199", "12345", "Blue Kettle", "BK24"])
def test_a_number_a_short_code_or_a_name_may_send(sender: str) -> None:
    twilio = TEXTERS["twilio"](account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, sender=sender)

    assert (twilio.name, twilio.channel) == ("twilio", Channel.SMS)


def test_doctor_hears_that_the_account_is_well(twilio: TwilioSms) -> None:
    assert twilio.check() == "Twilio answers and the account is active."


def test_doctor_hears_what_is_wrong(phone: Phone, twilio: TwilioSms) -> None:
    stranger = a_notifier(auth_token="another", base_url=phone.url)
    phone.exchange.account_status = "suspended"

    with held_port() as port:
        nobody = a_notifier(base_url=f"http://127.0.0.1:{port}")
        for notifier, words in (
            (twilio, "suspended"),
            (stranger, "20003.*TWILIO_AUTH_TOKEN"),
            (nobody, "BASE_URL.*refused"),
        ):
            with closing(notifier), pytest.raises(NotifierMisconfigured, match=words):
                notifier.check()


def test_the_environment_does_not_change_the_host(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    with closing(a_notifier(base_url=phone.url)) as twilio:
        assert twilio.send(a_text()).verdict is Verdict.ACCEPTED


@pytest.fixture
def untrusted_port(tmp_path: Path) -> Iterator[int]:
    """A TLS server with a certificate of its own making."""
    tls = server_side(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shake_hands() -> None:
            line, _ = server.accept()
            with line, suppress(OSError):
                tls.wrap_socket(line, server_side=True).close()

        thread = threading.Thread(target=shake_hands, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join(PATIENCE.total_seconds())
