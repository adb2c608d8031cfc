"""A mailbox and a phone for each test, and notifiers that talk to them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN
from notifiers.sandbox.mailbox import Mailbox
from notifiers.sandbox.mischief import Story
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER
from notifiers.smtp.notifier import SmtpNotifier
from notifiers.twilio_sms.notifier import TwilioSms
from tests.notifiers.shop import Shop
from tests.servers import PATIENCE

TOTAL = timedelta(seconds=2)  # of whoever is impatient
STEP = timedelta(seconds=1)


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server on loopback."""
    with Mailbox(tmp_path / "mails.jsonl") as running:
        yield running


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[SmtpNotifier]:
    """The notifier under test."""
    with closing(SmtpNotifier(mailbox.smtp_url)) as notifier:
        yield notifier


@pytest.fixture
def impatient_smtp(mailbox: Mailbox) -> Iterator[SmtpNotifier]:
    """For servers that are slow on purpose."""
    with closing(SmtpNotifier(mailbox.smtp_url, total=TOTAL, step=STEP)) as notifier:
        yield notifier


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Hears what Twilio calls back."""
    with Shop() as listening:
        yield listening


@pytest.fixture
def phone(tmp_path: Path, shop: Shop) -> Iterator[Phone]:
    """A Twilio on loopback that reports nothing unless told to."""
    silent = Story(steps=(), count=None)
    with Phone(tmp_path / "texts.jsonl", story=silent, inbound_url=f"{shop.url}/webhooks/twilio/inbound") as running:
        yield running


@pytest.fixture
def twilio(phone: Phone) -> Iterator[TwilioSms]:
    """The notifier under test."""
    with closing(texter(phone)) as notifier:
        yield notifier


@pytest.fixture
def impatient_twilio(phone: Phone) -> Iterator[TwilioSms]:
    """For a Twilio that is slow on purpose."""
    with closing(texter(phone, total=TOTAL)) as notifier:
        yield notifier


def texter(phone: Phone, *, total: timedelta = PATIENCE) -> TwilioSms:
    return TwilioSms(
        account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, sender=WORKING_SENDER, base_url=phone.url, total=total
    )
