"""Hands one e-mail to an SMTP server, over a connection kept for the next one."""

import smtplib
import ssl
import time
from collections import deque
from datetime import timedelta

from notifiers.addresses import needs_smtputf8
from notifiers.contract import NotifierMisconfigured
from notifiers.dialing import Resolve, resolve
from notifiers.message import Channel, Handover, Message, Verdict
from notifiers.smtp.line import Line, Refused, connect, greet, read_url
from notifiers.smtp.mime import Letter, NotSendable, envelop
from notifiers.smtp.replies import NotOffered, Reply, Stage, classify

TOTAL = timedelta(seconds=15)  # one hand-over; the pipeline's lease is built on it
STEP = timedelta(seconds=5)  # one answer of the server; the last one may take what is left of TOTAL
IDLE = timedelta(seconds=20)  # servers close idle sessions from 30 s on
PER_CONNECTION = 100  # messages; many servers refuse more
ENDINGS = (OSError, smtplib.SMTPException, ValueError, NotOffered)  # everything a server or the network can do


class SmtpNotifier:
    """One SMTP server; safe to share between threads, each message has a connection to itself."""

    name = "smtp"
    channel = Channel.EMAIL

    def __init__(
        self,
        url: str,
        *,
        total: timedelta = TOTAL,
        step: timedelta = STEP,
        idle: timedelta = IDLE,
        trust: ssl.SSLContext | None = None,
        find: Resolve = resolve,
    ) -> None:
        self._server = read_url(url)
        self._total, self._step, self._idle_limit = (span.total_seconds() for span in (total, step, idle))
        self._trust = trust or ssl.create_default_context()
        self._find = find
        self._idle: deque[Line] = deque()  # append and pop are atomic

    def send(self, message: Message) -> Handover:
        """One attempt: no retry, and an end within the total time whatever the server does."""
        try:
            letter = envelop(message)
        except NotSendable as refusal:
            return Handover(verdict=Verdict.REJECT, code=refusal.code, detail=str(refusal))
        deadline = time.monotonic() + self._total
        line = self._take(deadline)
        try:
            if line is None:
                line = self._connect(deadline)
                greet(line, self._server, self._trust)
            reply = transfer(line, letter)
        except Refused as refused:
            return self._refused(line, refused.reply)
        except ENDINGS as error:
            if line is None:
                return classify(Stage.CONNECT, error)
            line.close()
            return classify(line.stage, error)
        self._keep(line)
        return classify(Stage.END, reply)

    def check(self) -> str:
        """Connect, greet and log in without sending. Raises NotifierMisconfigured."""
        line = None
        try:
            line = self._connect(time.monotonic() + self._total)
            greet(line, self._server, self._trust)
        except Refused as refused:
            raise self._misconfigured(line, refused.reply) from refused
        except ENDINGS as error:
            raise self._misconfigured(line, error) from error
        finally:
            if line is not None:
                line.hang_up()
        login = f" and accepts the login of {self._server.user}" if self._server.user else ""
        return f"The SMTP server {self._server.host}:{self._server.port} answers over {self._server.scheme}{login}."

    def close(self) -> None:
        """Hang up what is idle; the notifier can be used again."""
        while self._idle:
            self._idle.pop().hang_up()

    def _connect(self, deadline: float) -> Line:
        return connect(self._server, self._trust, find=self._find, deadline=deadline, step=self._step)

    def _take(self, deadline: float) -> Line | None:
        """An idle connection that still answers; its failures touch no message."""
        while self._idle:
            try:
                line = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            line.deadline = deadline
            if time.monotonic() - line.idle_since > self._idle_limit or line.sent >= PER_CONNECTION:
                line.hang_up()
                continue
            try:
                line.say(Stage.MAIL, "RSET", wants=2)
            except (Refused, *ENDINGS):
                line.close()
                continue
            return line
        return None

    def _keep(self, line: Line) -> None:
        line.idle_since = time.monotonic()
        line.sent += 1
        self._idle.append(line)

    def _refused(self, line: Line | None, reply: Reply) -> Handover:
        """A clear no to one message leaves the connection good for the next, unless the server is closing it."""
        if line is None:
            return classify(Stage.CONNECT, reply)
        stage = line.stage
        if stage in {Stage.RCPT, Stage.END} and reply.code not in {0, 421}:
            self._keep(line)
        else:
            line.hang_up()
        return classify(stage, reply)

    def _misconfigured(self, line: Line | None, seen: Reply | Exception) -> NotifierMisconfigured:
        ended = classify(line.stage if line else Stage.CONNECT, seen)
        where = f"{self._server.host}:{self._server.port}"
        return NotifierMisconfigured(f"SMTP_URL: {where} ended with {ended.code} ({ended.detail}). {_fix(ended.code)}")


def transfer(line: Line, letter: Letter) -> Reply:
    """Envelope, text and final dot, so that `line.stage` always tells whether the dot may have left."""
    options = ""
    if needs_smtputf8(letter.sender) or needs_smtputf8(letter.recipient):
        line.stage = Stage.MAIL
        if not line.has_extn("smtputf8"):
            raise NotOffered("smtputf8")
        options = " SMTPUTF8" + (" BODY=8BITMIME" if line.has_extn("8bitmime") else "")
    line.say(Stage.MAIL, f"MAIL FROM:<{letter.sender}>{options}", wants=2)
    line.say(Stage.RCPT, f"RCPT TO:<{letter.recipient}>", wants=2)
    line.say(Stage.DATA, "DATA", wants=3)
    line.stage = Stage.BODY
    line.send(letter.raw.replace(b"\r\n.", b"\r\n.."))
    line.live()  # out of time here is still a clear end
    line.stage = Stage.END  # from here on the server may have it, whatever we learn
    line.send(b".\r\n")
    return line.hear(Stage.END, wants=2)


def _fix(code: str) -> str:
    if code.startswith(("535", "534", "530", "auth")):
        return "Check user and password; some providers need an app password."
    if code.startswith(("tls", "starttls")):
        return "Check the scheme (smtp+starttls for port 587, smtps for 465) and the server's certificate."
    return "Check host and port, and that a firewall lets them through."
