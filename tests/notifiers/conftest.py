"""A mailbox for each test, and a notifier that talks to it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifiers.sandbox.mailbox import Mailbox
from notifiers.smtp.notifier import SmtpNotifier

TOTAL = timedelta(seconds=1.5)
STEP = timedelta(seconds=0.5)


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server on loopback."""
    with Mailbox(tmp_path / "mails.jsonl") as running:
        yield running


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[SmtpNotifier]:
    """The notifier under test, impatient."""
    notifier = SmtpNotifier(mailbox.smtp_url, total=TOTAL, step=STEP)
    yield notifier
    notifier.close()
