"""What each way an SMTP hand-over can end means for the notification."""

import re
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum

from notifiers.message import Handover, Verdict

SUPPRESSED = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})  # no such mailbox, host or syntax; gone
LOGIN_NEEDED = frozenset({530, 534, 535, 538})
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
QUEUED_AS = re.compile(r"queued as ([\w.\-]{4,64})", re.IGNORECASE)
ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


class Stage(StrEnum):
    """How far a hand-over came; only in the last one may the server have the whole e-mail."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    END = "end"  # the final dot was given to the operating system


BEFORE_ANY_MAIL = frozenset({Stage.CONNECT, Stage.GREETING, Stage.EHLO, Stage.STARTTLS, Stage.LOGIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A server's answer; code 0 when it was not SMTP."""

    code: int
    text: str


class NotOffered(Exception):
    """The server does not offer an extension this hand-over cannot do without."""

    def __init__(self, extension: str) -> None:
        super().__init__(f"the server does not offer {extension.upper()}")
        self.extension = extension


def classify(stage: Stage, seen: Reply | Exception) -> Handover:
    """What the end of a hand-over means: the stage it came to, and the reply or error it ended with."""
    if isinstance(seen, Reply):
        return _of_reply(stage, seen)
    if isinstance(seen, NotOffered):  # SMTPUTF8 is about one address; without the others no mail can go
        verdict = Verdict.REJECT if seen.extension == "smtputf8" else Verdict.HALT
        return Handover(verdict=verdict, code=f"{seen.extension}_not_offered", detail=str(seen))
    where = "after_data" if stage is Stage.END else f"at_{stage}"
    verdict = Verdict.UNKNOWN if stage is Stage.END else Verdict.RETRY
    return Handover(verdict=verdict, code=f"{_cause(seen)}_{where}", detail=_masked(str(seen)))


def _of_reply(stage: Stage, reply: Reply) -> Handover:
    match = ENHANCED.match(reply.text)
    enhanced = match[0] if match else ""
    code = f"{reply.code} {enhanced}".strip()
    provider_id = ""
    match reply.code // 100:
        case 2 if stage is Stage.END:
            verdict = Verdict.ACCEPTED
            queued = QUEUED_AS.search(reply.text)
            provider_id = queued[1] if queued else ""
        case 4:
            verdict = Verdict.RETRY
        case 5:
            verdict = _of_refusal(stage, reply.code, enhanced)
        case _:  # not an answer to what we said
            verdict = Verdict.UNKNOWN if stage is Stage.END else Verdict.RETRY
    return Handover(verdict=verdict, code=code, provider_message_id=provider_id, detail=_masked(reply.text))


def _of_refusal(stage: Stage, code: int, enhanced: str) -> Verdict:
    if stage in BEFORE_ANY_MAIL or code in LOGIN_NEEDED or enhanced.startswith("5.7."):
        return Verdict.HALT
    if enhanced in SUPPRESSED and stage is not Stage.MAIL:  # at MAIL it speaks of the sender
        return Verdict.SUPPRESS
    return Verdict.REJECT


def _cause(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "timeout"
        case socket.gaierror():
            return "dns"
        case ConnectionRefusedError():
            return "refused"
        case ssl.SSLError():
            return "tls"
        case _:
            return "lost"


def _masked(text: str) -> str:
    return ADDRESS.sub("<address>", " ".join(text.split()))[:200]
