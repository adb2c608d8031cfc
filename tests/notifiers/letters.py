"""What a message in these tests holds unless a test says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from notifiers.message import Channel, Message

REF = "0198f0c2-7f6a-7c11-9e6b-2f3f0c4d5e6f"
USUAL = Message(
    ref=REF,
    channel=Channel.EMAIL,
    to="ada@example.com",
    sender="Blue Kettle <orders@mail.bluekettle.example>",
    reply_to="help@bluekettle.example",
    subject="Your order 1001 is on its way",
    text="Hello Ada,\n\nyour order is on its way.\nhttps://track.bluekettle.example/t/abc\n",
    html='<!doctype html><html><head></head><body><p style="color:#111">Your order is on its way.</p></body></html>',
    message_id=f"<{REF}@mail.bluekettle.example>",
    thread_id="<order-77@mail.bluekettle.example>",
    unsubscribe_url="https://track.bluekettle.example/u/" + "k" * 90,
    language="en",
    planned_at=datetime(2026, 3, 4, 15, 6, 7, tzinfo=UTC),
    feedback_id="shipped:bluekettle:wismo:mail",
)

TEXT = Message(
    ref=REF,
    channel=Channel.SMS,
    to="+12025550123",
    text="Blue Kettle: your order 1001 is out for delivery. https://track.bluekettle.example/t/abc",
    planned_at=datetime(2026, 3, 4, 15, 6, 7, tzinfo=UTC),
)


def a_text(**changes: Any) -> Message:
    """The usual text with some fields changed."""
    return replace(TEXT, **changes)


def a_message(**changes: Any) -> Message:
    """The usual message with some fields changed."""
    return replace(USUAL, **changes)


def parsed(raw: bytes) -> EmailMessage:
    """An e-mail as a mail program reads it."""
    mail = BytesParser(policy=default).parsebytes(raw)
    assert isinstance(mail, EmailMessage)
    return mail
