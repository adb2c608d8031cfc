"""Mail over a real connection: what is handed over, and every way it can go wrong."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from notifiers.contract import NotifierMisconfigured
from notifiers.message import Verdict
from notifiers.registry import NOTIFIERS
from notifiers.sandbox import faults
from notifiers.sandbox.mailbox import Mailbox
from notifiers.smtp.mime import build
from notifiers.smtp.notifier import SmtpNotifier
from tests.notifiers.conftest import STEP, TOTAL
from tests.notifiers.letters import a_message
from tests.servers import PATIENCE, held_port


def test_the_mailbox_gets_exactly_the_bytes_that_were_built(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    message = a_message(text=".\n..\n.leading dots\n" + "long " * 400)

    outcome = smtp.send(message)

    assert (outcome.verdict, outcome.code) == (Verdict.ACCEPTED, "250 2.0.0")
    (mail,) = mailbox.mails()
    assert mailbox.ledger.raw(mail) == build(message)
    assert (mail.sender, mail.to) == ("orders@mail.bluekettle.example", ("ada@example.com",))
    assert (mail.message_id, mail.ref) == (message.message_id, message.ref)


@pytest.mark.parametrize(
    ("fault", "verdict", "code", "kept"),
    [
        ({"stage": "connect", "action": "reply", "code": 421, "text": "4.3.2 full"}, Verdict.RETRY, "421 4.3.2", 0),
        ({"stage": "connect", "action": "reply", "code": 554, "text": "blocked"}, Verdict.HALT, "554", 0),
        ({"stage": "connect", "action": "drop"}, Verdict.RETRY, "lost_at_greeting", 0),
        ({"stage": "connect", "action": "slow", "seconds": 9}, Verdict.RETRY, "timeout_at_greeting", 0),
        ({"stage": "ehlo", "action": "reply", "code": 421, "text": "bye"}, Verdict.RETRY, "421", 0),
        ({"stage": "mail", "action": "reply", "code": 451, "text": "4.3.0 x"}, Verdict.RETRY, "451 4.3.0", 0),
        ({"stage": "mail", "action": "drop"}, Verdict.RETRY, "lost_at_mail", 0),
        ({"stage": "mail", "action": "slow", "seconds": 9}, Verdict.RETRY, "timeout_at_mail", 0),
        ({"stage": "rcpt", "action": "reply", "code": 450, "text": "4.2.1 x"}, Verdict.RETRY, "450 4.2.1", 0),
        ({"stage": "rcpt", "action": "reply", "code": 550, "text": "5.1.1 x"}, Verdict.SUPPRESS, "550 5.1.1", 0),
        ({"stage": "rcpt", "action": "reply", "code": 550, "text": "5.1.8 x"}, Verdict.REJECT, "550 5.1.8", 0),
        ({"stage": "rcpt", "action": "reply", "code": 550, "text": "5.7.1 x"}, Verdict.HALT, "550 5.7.1", 0),
        ({"stage": "data", "action": "reply", "code": 421, "text": "4.3.2 x"}, Verdict.RETRY, "421 4.3.2", 0),
        ({"stage": "data", "action": "reply", "code": 554, "text": "5.5.1 x"}, Verdict.REJECT, "554 5.5.1", 0),
        ({"stage": "data", "action": "drop"}, Verdict.RETRY, "lost_at_data", 0),
        ({"stage": "end", "action": "reply", "code": 452, "text": "4.3.1 x"}, Verdict.RETRY, "452 4.3.1", 0),
        ({"stage": "end", "action": "reply", "code": 554, "text": "5.6.0 x"}, Verdict.REJECT, "554 5.6.0", 0),
        ({"stage": "end", "action": "slow", "seconds": 9}, Verdict.UNKNOWN, "timeout_after_data", 0),
        ({"kind": "drop_before_accept"}, Verdict.UNKNOWN, "lost_after_data", 0),
        ({"kind": "drop_after_data"}, Verdict.UNKNOWN, "lost_after_data", 1),
        ({"stage": "accepted", "action": "slow", "seconds": 9}, Verdict.UNKNOWN, "timeout_after_data", 1),
    ],
)
def test_each_kind_of_trouble_has_one_meaning(
    mailbox: Mailbox,
    smtp: SmtpNotifier,
    impatient_smtp: SmtpNotifier,
    *,
    fault: dict[str, object],
    verdict: Verdict,
    code: str,
    kept: int,
) -> None:
    mailbox.faults.add(faults.read(fault))
    sender = impatient_smtp if fault.get("action") == "slow" else smtp

    outcome = sender.send(a_message())

    assert (outcome.verdict, outcome.code) == (verdict, code)
    assert len(mailbox.mails()) == kept
    assert sender.send(a_message()).verdict is Verdict.ACCEPTED, "the next message must not suffer"


def test_trouble_for_one_recipient_leaves_the_others_alone(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    gone = {"stage": "rcpt", "action": "reply", "code": 550, "text": "5.1.1 x", "to": "eve@example.com", "count": None}
    mailbox.faults.add(faults.read(gone))

    verdicts = [smtp.send(a_message(to=to)).verdict for to in ("eve@example.com", "ada@example.com", "eve@example.com")]

    assert verdicts == [Verdict.SUPPRESS, Verdict.ACCEPTED, Verdict.SUPPRESS]


def test_a_closed_port_is_tried_again(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    mailbox.close_door()
    refused = smtp.send(a_message())
    mailbox.open_door()

    assert (refused.verdict, refused.code) == (Verdict.RETRY, "refused_at_connect")
    assert smtp.send(a_message()).verdict is Verdict.ACCEPTED


def test_a_name_that_does_not_resolve_is_tried_again() -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    outcome = SmtpNotifier("smtp://mail.example", find=nobody).send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "dns_at_connect")


def test_a_resolver_that_hangs_does_not_hang_the_sender() -> None:
    answered = threading.Event()

    def hangs(_host: str, _port: int) -> list[str]:
        answered.wait(PATIENCE.total_seconds())
        return []

    outcome = SmtpNotifier("smtp://mail.example", find=hangs, step=timedelta(seconds=0.1)).send(a_message())
    answered.set()

    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "timeout_at_connect")


def test_the_second_address_of_a_name_is_tried_when_the_first_is_dead(mailbox: Mailbox) -> None:
    notifier = SmtpNotifier(mailbox.smtp_url, find=lambda _host, _port: ["127.0.0.9", "127.0.0.1"])

    with closing(notifier):
        assert notifier.send(a_message()).verdict is Verdict.ACCEPTED


def test_a_server_that_dribbles_bytes_cannot_stretch_the_total_time() -> None:
    with _a_server_that_dribbles() as port:
        outcome = SmtpNotifier(f"smtp://127.0.0.1:{port}", total=STEP, step=TOTAL).send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "timeout_at_greeting")


def test_one_connection_carries_many_messages(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    verdicts = {smtp.send(a_message(ref=f"n{number}")).verdict for number in range(20)}

    assert verdicts == {Verdict.ACCEPTED}
    assert (len(mailbox.mails()), mailbox.connections) == (20, 1)


def test_a_connection_the_server_closed_while_idle_costs_no_attempt(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    smtp.send(a_message())
    mailbox.hang_up_all()

    assert smtp.send(a_message()).verdict is Verdict.ACCEPTED
    assert mailbox.connections == 2


def test_a_connection_idle_for_too_long_is_not_used_again(mailbox: Mailbox) -> None:
    notifier = SmtpNotifier(mailbox.smtp_url, idle=timedelta(0))

    with closing(notifier):
        verdicts = [notifier.send(a_message()).verdict for _ in range(3)]

    assert (verdicts, mailbox.connections) == ([Verdict.ACCEPTED] * 3, 3)


def test_many_threads_share_one_notifier(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    senders = [threading.Thread(target=lambda: [smtp.send(a_message()) for _ in range(10)]) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert len(mailbox.mails()) == 80
    assert mailbox.connections <= 8


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": "Hello\r\nBcc: eve@example.com"}, "header_injection"),
        ({"to": "ada@example.com, eve@example.com"}, "bad_to"),
    ],
)
def test_what_cannot_be_sent_never_reaches_the_server(
    mailbox: Mailbox, smtp: SmtpNotifier, changes: dict[str, str], code: str
) -> None:
    outcome = smtp.send(a_message(**changes))

    assert (outcome.verdict, outcome.code, mailbox.connections) == (Verdict.REJECT, code, 0)


def test_a_foreign_local_part_is_delivered_where_the_server_can(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    assert smtp.send(a_message(to="аня@example.com")).verdict is Verdict.ACCEPTED
    assert mailbox.mails()[0].to == ("аня@example.com",)


@pytest.mark.parametrize(
    "url", ["ftp://a", "smtp://", "smtp://a:b:c", "smtp://h:99999", "smtp://u:p@mail.example", "x"]
)
def test_a_wrong_smtp_url_is_refused_with_the_variable_s_name(url: str) -> None:
    with pytest.raises(NotifierMisconfigured, match="SMTP_URL"):
        NOTIFIERS["smtp"](url)


def test_check_says_who_answers_and_sends_nothing(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    assert f"127.0.0.1:{mailbox.smtp_port} answers over smtp" in smtp.check()
    assert mailbox.mails() == []


def test_check_says_what_to_do_when_nobody_answers() -> None:
    with held_port() as port, pytest.raises(NotifierMisconfigured, match=r"refused_at_connect .* Check host and port"):
        SmtpNotifier(f"smtp://127.0.0.1:{port}").check()


@contextmanager
def _a_server_that_dribbles() -> Iterator[int]:
    """Sends one byte of an endless greeting every tenth of a second."""
    listener, done = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def dribble() -> None:
        caller, _ = listener.accept()
        with caller:
            while not done.wait(0.1):
                caller.send(b"2")

    thread = threading.Thread(target=dribble)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        thread.join()
        listener.close()
