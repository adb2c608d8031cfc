"""Which bytes a message is on the wire: the same on every attempt."""

import binascii
import re
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256

from notifiers.addresses import BadAddress, parse_email
from notifiers.message import Message

LONGEST_LINE = 998  # octets without CRLF (RFC 5322 2.1.1)
FOLD_AT = 76
BREAKS_A_LINE = re.compile("[\r\n\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # what str.splitlines splits on, and NUL
PRINTABLE = re.compile(r"[\x21-\x7e]+")
IDENTIFIER = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]+")  # printable, no angle brackets
MAILBOX = re.compile(r"(?:(?P<name>[^<>]*?)\s*<(?P<bracketed>[^<>]+)>|(?P<bare>[^<>]+))")
PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\- ]*")


class NotSendable(ValueError):
    """The message cannot be made into an e-mail; `code` names the rule it breaks."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in its envelope."""

    sender: str
    recipient: str
    raw: bytes  # CRLF lines, ends with CRLF, not dot-stuffed


def build(message: Message) -> bytes:
    """The whole e-mail. Raises NotSendable."""
    return envelop(message).raw


def envelop(message: Message) -> Letter:
    """The e-mail and the two addresses of its envelope. Raises NotSendable."""
    _refuse_line_breaks(message)
    try:
        sender_name, sender = _mailbox(message.sender, field="sender")
        recipient = _address(message.to, field="to")
        head = _head(message, sender=_named(sender_name, sender, header="From"), recipient=recipient)
        raw = b"\r\n".join([*(line.encode() for line in head), *_body(message)])
    except UnicodeEncodeError as error:
        raise NotSendable("unencodable", "The message holds half a character (a lone surrogate).") from error
    if any(len(line) > LONGEST_LINE for line in raw.split(b"\r\n")):
        raise NotSendable("line_too_long", f"A header is longer than {LONGEST_LINE} characters and cannot be folded.")
    return Letter(sender=sender, recipient=recipient, raw=raw)


def _head(message: Message, *, sender: str, recipient: str) -> list[str]:
    ref = _token(message.ref, field="ref")
    domain = sender.rstrip(">").rpartition("@")[2]
    message_id = _identifier(message.message_id or f"{ref}@{domain}", field="message_id")
    lines = [
        f"From: {sender}",
        f"To: {recipient}",
        _text_header("Subject", message.subject),
        f"Date: {format_datetime(message.planned_at)}",
        f"Message-ID: {message_id}",
    ]
    if message.reply_to:
        lines.append(f"Reply-To: {_named(*_mailbox(message.reply_to, field='reply_to'), header='Reply-To')}")
    if message.thread_id:
        thread_id = _identifier(message.thread_id, field="thread_id")
        lines += [f"References: {thread_id}", f"In-Reply-To: {thread_id}"]
    # "OOF, AutoReply", not "All", which also silences delivery reports (MS-OXCMAIL)
    lines += ["Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: OOF, AutoReply"]
    if message.unsubscribe_url:
        lines += _unsubscribe(message.unsubscribe_url)
    if message.feedback_id:
        lines.append(f"Feedback-ID: {_token(message.feedback_id, field='feedback_id')}")
    language = _token(message.language, field="language")
    return [*lines, f"X-Delivery-Ref: {ref}", f"Content-Language: {language}", "MIME-Version: 1.0"]


def _unsubscribe(url: str) -> list[str]:
    """One-click headers (RFC 8058), each on one line: folding has broken signers."""
    if not IDENTIFIER.fullmatch(url) or not url.startswith(("https://", "http://")):
        raise NotSendable("bad_unsubscribe_url", "The unsubscribe address is not one http(s) URL in ASCII.")
    return [f"List-Unsubscribe: <{url}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _body(message: Message) -> list[bytes]:
    text = _part("plain", message.text)
    if not message.html:
        return [*text, b""]
    # "=_" cannot occur in quoted-printable text, so this can never be a line of a part
    boundary = f"=_{sha256(message.ref.encode()).hexdigest()[:32]}"
    mark = f"--{boundary}".encode()
    opening = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"'.encode()
    return [opening, b"", mark, *text, mark, *_part("html", message.html), mark + b"--", b""]


def _part(subtype: str, content: str) -> list[bytes]:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    encoded = binascii.b2a_qp(lines.encode(), istext=True).replace(b"\n", b"\r\n")
    kind = f'Content-Type: text/{subtype}; charset="utf-8"'.encode()
    return [kind, b"Content-Transfer-Encoding: quoted-printable", b"", encoded]


def _refuse_line_breaks(message: Message) -> None:
    fields = (
        message.ref,
        message.to,
        message.sender,
        message.reply_to,
        message.subject,
        message.message_id,
        message.thread_id,
        message.unsubscribe_url,
        message.language,
        message.feedback_id,
    )
    if any(BREAKS_A_LINE.search(field) for field in fields):
        raise NotSendable("header_injection", "A header field holds a line break; it could forge another header.")


def _token(text: str, *, field: str) -> str:
    if not PRINTABLE.fullmatch(text):
        raise NotSendable(f"bad_{field}", f"{field} must be printable ASCII without spaces.")
    return text


def _identifier(text: str, *, field: str) -> str:
    inside = text.removeprefix("<").removesuffix(">")
    if not IDENTIFIER.fullmatch(inside) or "@" not in inside:
        raise NotSendable(f"bad_{field}", f"{field} must look like <id@host>.")
    return f"<{inside}>"


def _mailbox(text: str, *, field: str) -> tuple[str, str]:
    """ "Name <box@host>" or "box@host" taken apart."""
    match = MAILBOX.fullmatch(text.strip())
    if match is None:
        raise NotSendable(f"bad_{field}", f"{field} must look like Name <box@example.com>.")
    name = match["name"] or ""
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, _address(match["bracketed"] or match["bare"], field=field)


def _address(text: str, *, field: str) -> str:
    try:
        return parse_email(text)
    except BadAddress as error:
        raise NotSendable(f"bad_{field}", str(error)) from error


def _named(name: str, address: str, *, header: str) -> str:
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_folded(name, header=header, charset='utf-8')} <{address}>"
    if PLAIN_NAME.fullmatch(name):
        return f"{name} <{address}>"
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{quoted}" <{address}>'


def _text_header(name: str, text: str) -> str:
    if text.isascii() and "=?" not in text:  # what looks like an encoded word must be encoded to stay itself
        return f"{name}: {_folded(text, header=name, charset='us-ascii')}"
    return f"{name}: {_folded(text, header=name, charset='utf-8')}"


def _folded(text: str, *, header: str, charset: str) -> str:
    return Header(text, charset, maxlinelen=FOLD_AT, header_name=header).encode(linesep="\r\n")
