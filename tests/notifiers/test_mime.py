"""The bytes of an e-mail: complete, the same on every attempt, and nobody can slip a header in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.message import Message
from notifiers.smtp.mime import NotSendable, build, envelop
from tests.notifiers.letters import REF, a_message, parsed

GOLDEN_HEAD = """\
From: Blue Kettle <orders@mail.bluekettle.example>
To: ada@example.com
Subject: Your order 1001 is on its way
Date: Wed, 04 Mar 2026 15:06:07 +0000
Message-ID: <0198f0c2-7f6a-7c11-9e6b-2f3f0c4d5e6f@mail.bluekettle.example>
Reply-To: help@bluekettle.example
References: <order-77@mail.bluekettle.example>
In-Reply-To: <order-77@mail.bluekettle.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: OOF, AutoReply
List-Unsubscribe: <https://track.bluekettle.example/u/KEY>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Feedback-ID: shipped:bluekettle:wismo:mail
X-Delivery-Ref: 0198f0c2-7f6a-7c11-9e6b-2f3f0c4d5e6f
Content-Language: en
MIME-Version: 1.0
""".replace("KEY", "k" * 90)

HEADER_FIELDS = [
    "ref", "to", "sender", "reply_to", "subject", "message_id",
    "thread_id", "unsubscribe_url", "language", "feedback_id",
]  # fmt: skip
LINE_BREAKS = ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x00", "\x85", "\u2028", "\u2029"]


def test_the_headers_are_these_and_in_this_order() -> None:
    head = build(a_message()).decode("ascii").split("\r\nContent-Type")[0] + "\r\n"

    assert head == GOLDEN_HEAD.replace("\n", "\r\n")


def test_text_comes_first_then_html_and_both_arrive_unchanged() -> None:
    message = a_message(text="Grüße 🚚, \n.\n..dots\nFrom here\n= equals \t\n", html="<p>Ключ</p>\n")

    mail = parsed(build(message))

    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in mail.iter_parts()] == ["quoted-printable"] * 2
    text, html = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert (text.rstrip("\n"), html.rstrip("\n")) == (message.text.rstrip("\n"), message.html.rstrip("\n"))


def test_a_message_without_html_is_plain_text() -> None:
    mail = parsed(build(a_message(html="")))

    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().startswith("Hello Ada,")


def test_every_attempt_sends_the_same_bytes() -> None:
    assert build(a_message()) == build(a_message())


def test_two_messages_have_two_boundaries() -> None:
    first, second = (parsed(build(a_message(ref=ref))).get_boundary() for ref in (REF, REF[:-1] + "0"))

    assert first != second


def test_an_essential_message_offers_no_unsubscribing() -> None:
    mail = parsed(build(a_message(unsubscribe_url="")))

    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    "subject",
    ["Grüße 🚚 " * 20, "x" * 70 + " " + "y" * 70, "=?utf-8?q?not_encoded?=", "Заказ №7", '"quoted", (a) <b>', "  "],
)
def test_any_subject_reads_back_as_it_was(subject: str) -> None:
    raw = build(a_message(subject=subject))

    assert str(parsed(raw)["Subject"] or "").strip() == subject.strip()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n") if not line.startswith(b"List-Unsubscribe"))


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Acme, Inc. <o@acme.example>", "Acme, Inc."),
        ('"Acme \\"A\\"" <o@acme.example>', 'Acme "A"'),
        ("Bäckerei Süß <o@acme.example>", "Bäckerei Süß"),
        ("<o@acme.example>", ""),
        ("o@acme.example", ""),
        ("=?utf-8?q?bank?= <o@acme.example>", "=?utf-8?q?bank?="),
    ],
)
def test_a_brand_name_reads_back_as_it_was(sender: str, name: str) -> None:
    address = parsed(build(a_message(sender=sender)))["From"].addresses[0]

    assert (address.display_name, address.addr_spec) == (name, "o@acme.example")


def test_a_foreign_domain_travels_in_punycode() -> None:
    letter = envelop(a_message(to="ada@bücher.example"))

    assert letter.recipient == "ada@xn--bcher-kva.example"
    assert b"To: ada@xn--bcher-kva.example\r\n" in letter.raw


@pytest.mark.parametrize("line_break", LINE_BREAKS)
@pytest.mark.parametrize("field", HEADER_FIELDS)
def test_no_header_field_may_hold_a_line_break(field: str, line_break: str) -> None:
    value = getattr(a_message(), field)

    with pytest.raises(NotSendable) as refused:
        build(a_message(**{field: f"{value}{line_break}Bcc: eve@example.com"}))

    assert refused.value.code == "header_injection"


@given(field=st.sampled_from(HEADER_FIELDS), value=st.text(max_size=60), text=st.text(max_size=200))
def test_whatever_a_field_holds_no_header_is_added(field: str, value: str, text: str) -> None:
    usual = [name for name, _ in parsed(build(a_message())).items()]
    try:
        raw = build(a_message(**{field: value}, text=text, html=""))
    except NotSendable:
        return

    names = [line.split(":")[0] for line in raw.split(b"\r\n\r\n")[0].decode().split("\r\n") if line[:1] not in " \t"]

    assert set(names) <= {*usual, "Content-Transfer-Encoding"}
    assert len(names) == len(set(names))
    assert all(line.count(b"\r") == line.count(b"\n") == 0 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (a_message(sender="nobody"), "bad_sender"),
        (a_message(sender="a@b.example, c@d.example"), "bad_sender"),
        (a_message(to="Ada <ada@example.com>"), "bad_to"),
        (a_message(message_id="<a b@c>"), "bad_message_id"),
        (a_message(unsubscribe_url="javascript:alert(1)"), "bad_unsubscribe_url"),
        (a_message(unsubscribe_url="https://a.example/u/x>, <mailto:eve@example.com"), "bad_unsubscribe_url"),
        (a_message(unsubscribe_url="https://a.example/" + "u" * 1000), "line_too_long"),
        (a_message(text="half \ud83d"), "unencodable"),
        (a_message(subject="half \ud83d"), "unencodable"),
    ],
)
def test_what_cannot_be_an_email_is_refused_with_its_reason(message: Message, code: str) -> None:
    with pytest.raises(NotSendable) as refused:
        build(message)

    assert refused.value.code == code
