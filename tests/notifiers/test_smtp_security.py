"""Encryption and login: never weaker than SMTP_URL asks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from notifiers.contract import NotifierMisconfigured
from notifiers.message import Verdict
from notifiers.sandbox.mailbox import Mailbox
from notifiers.smtp.notifier import SmtpNotifier
from tests.notifiers.certificates import client_side, server_side
from tests.notifiers.letters import a_message

Start = Callable[..., Mailbox]
Connect = Callable[..., SmtpNotifier]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a mailbox with these options."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Mailbox(tmp_path / "mails.jsonl", **options))


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes a notifier for that URL."""
    with ExitStack() as stack:

        def make(url: str, **options: Any) -> SmtpNotifier:
            return stack.enter_context(closing(SmtpNotifier(url, **options)))

        yield make


@pytest.mark.parametrize("implicit", [True, False])
def test_mail_goes_encrypted_with_a_login(start: Start, connect: Connect, tmp_path: Path, *, implicit: bool) -> None:
    tls = server_side(tmp_path)
    mailbox = start(tls=tls, implicit_tls=implicit, login=("shop", "p%40ss"))
    url = mailbox.smtp_url.replace("%", "%25")

    notifier = connect(url, trust=client_side(tmp_path))

    assert [notifier.send(a_message()).verdict for _ in range(3)] == [Verdict.ACCEPTED] * 3
    assert mailbox.connections == 1
    assert "accepts the login of shop" in notifier.check()


@pytest.mark.parametrize(("implicit", "code"), [(True, "tls_at_connect"), (False, "tls_at_starttls")])
def test_an_untrusted_certificate_gets_no_mail(
    start: Start, connect: Connect, tmp_path: Path, *, implicit: bool, code: str
) -> None:
    mailbox = start(tls=server_side(tmp_path), implicit_tls=implicit)

    outcome = connect(mailbox.smtp_url).send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, code)
    assert mailbox.mails() == []


def test_starttls_is_never_given_up_for_plain_text(start: Start, connect: Connect) -> None:
    mailbox = start()

    outcome = connect(f"smtp+starttls://127.0.0.1:{mailbox.smtp_port}").send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.HALT, "starttls_not_offered")
    assert mailbox.mails() == []


def test_a_wrong_password_stops_the_provider(start: Start, connect: Connect) -> None:
    mailbox = start(login=("shop", "right"))
    notifier = connect(mailbox.smtp_url.replace("right", "wrong"))

    outcome = notifier.send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.HALT, "535 5.7.8")
    with pytest.raises(NotifierMisconfigured, match="Check user and password"):
        notifier.check()


def test_a_missing_login_stops_the_provider(start: Start, connect: Connect) -> None:
    mailbox = start(login=("shop", "right"))

    outcome = connect(f"smtp://127.0.0.1:{mailbox.smtp_port}").send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.HALT, "530 5.7.0")


def test_a_login_nobody_offers_stops_the_provider(start: Start, connect: Connect) -> None:
    mailbox = start()

    outcome = connect(f"smtp://shop:right@127.0.0.1:{mailbox.smtp_port}").send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.HALT, "auth_not_offered")


def test_a_foreign_local_part_is_refused_where_the_server_cannot(start: Start, connect: Connect) -> None:
    notifier = connect(start(smtputf8=False).smtp_url)

    outcome = notifier.send(a_message(to="аня@example.com"))

    assert (outcome.verdict, outcome.code) == (Verdict.REJECT, "smtputf8_not_offered")
    assert notifier.send(a_message()).verdict is Verdict.ACCEPTED
