"""Does this call come from Twilio, and what does it say?"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha1
from urllib.parse import urlsplit

from notifiers.keywords import keyword_of
from notifiers.message import Verdict
from notifiers.receipts import Keyword, Receipt, ReceiptState, Reply, WebhookUnreadable
from notifiers.twilio_sms.codes import meaning

Form = Sequence[tuple[str, str]]

CODE = re.compile(r"[0-9]{1,6}")
DEFAULT_PORTS = {"https": 443, "http": 80}
FAILURES = frozenset({ReceiptState.UNDELIVERED, ReceiptState.FAILED, ReceiptState.CANCELED})
STATES = {state.value: state for state in ReceiptState} | {
    "scheduled": ReceiptState.ACCEPTED,
    "partially_delivered": ReceiptState.SENT,  # some of its parts arrived; nobody read all of it
}
OPT_OUT_TYPES = {"STOP": Keyword.STOP, "START": Keyword.START, "HELP": Keyword.HELP}

LONGEST_CODE = 16  # characters; theirs have five


def is_genuine(url: str, form: Form, signature: str, tokens: Sequence[str]) -> bool:
    """Whether one of our tokens signed this call.

    `url`: exactly as Twilio was given it, built from our public address, never from the Host header.
    `form`: every field received, blank ones too; Twilio adds new ones without notice. `tokens`: primary and secondary.
    """
    given = signature.encode("utf-8", "replace")
    signed = [f"{each}{_flattened(form)}".encode() for each in _spellings(url)]
    return any(hmac.compare_digest(_mac(token, text), given) for token in tokens if token for text in signed)


def read_status(form: Form) -> Receipt:
    """What became of a text. Raises WebhookUnreadable."""
    fields = dict(form)
    word = fields.get("MessageStatus") or fields.get("SmsStatus", "")
    state = STATES.get(word.lower())
    if state is None:
        raise WebhookUnreadable(f"MessageStatus is {word[:32]!r}; known are {', '.join(STATES)}")
    code = fields.get("ErrorCode", "").strip()[:LONGEST_CODE]
    return Receipt(
        provider_message_id=_sid(fields),
        account=_needed(fields, "AccountSid"),
        state=state,
        code="" if code == "0" else code,
        verdict=_verdict(state, code),
    )


def read_reply(form: Form) -> Reply:
    """What a person texted to us. Raises WebhookUnreadable."""
    fields = dict(form)
    text = fields.get("Body", "")
    keyword, needs_review = keyword_of(text)
    told = OPT_OUT_TYPES.get(fields.get("OptOutType", "").upper())
    if told is not None:  # Twilio has acted on it already, and answered
        keyword, needs_review = told, False
    return Reply(
        provider_message_id=_sid(fields),
        account=_needed(fields, "AccountSid"),
        sender=_needed(fields, "From"),
        to=_needed(fields, "To"),
        text=text,
        keyword=keyword,
        needs_review=needs_review,
    )


def _spellings(url: str) -> Iterable[str]:
    """As given, with the default port spelled out, and without a port: Twilio's own code varies in this."""
    yield url
    parts = urlsplit(url)
    before, at, host = parts.netloc.rpartition("@")
    if parts.port is None and parts.scheme in DEFAULT_PORTS:
        yield parts._replace(netloc=f"{before}{at}{host}:{DEFAULT_PORTS[parts.scheme]}").geturl()
    elif parts.port is not None:
        yield parts._replace(netloc=f"{before}{at}{host.rpartition(':')[0]}").geturl()


def _flattened(form: Form) -> str:
    """Each name with each of its values, in the order of their characters; the same pair counts once."""
    return "".join(f"{name}{value}" for name, value in sorted(set(form)))


def _mac(token: str, text: bytes) -> bytes:
    return b64encode(hmac.new(token.encode(), text, sha1).digest())


def _verdict(state: ReceiptState, code: str) -> Verdict | None:
    if state not in FAILURES:
        return None
    return meaning(int(code))[0] if CODE.fullmatch(code) else Verdict.REJECT


def _sid(fields: dict[str, str]) -> str:
    return fields.get("SmsSid") or _needed(fields, "MessageSid")  # the same, unless one is missing


def _needed(fields: dict[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not value:
        raise WebhookUnreadable(f"{name} is missing")
    return value
