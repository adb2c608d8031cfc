"""How an SMTP server is reached, with every step held to one deadline."""

import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from notifiers.contract import NotifierMisconfigured
from notifiers.dialing import Resolve, dial
from notifiers.smtp.replies import NotOffered, Reply, Stage

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LONGEST_REPLY = 64 * 1024


class Refused(Exception):
    """The server answered, but not what was needed to go on."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What SMTP_URL says."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def read_url(url: str) -> Server:
    """smtp://, smtp+starttls:// or smtps://, with user:password@ where needed. Raises NotifierMisconfigured."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise NotifierMisconfigured("SMTP_URL cannot be read; write smtp+starttls://user:password@host:587.") from error
    if scheme not in PORTS or not host or parts.path.strip("/") or parts.query:
        raise NotifierMisconfigured(
            "SMTP_URL must be smtp://host, smtp+starttls://user:password@host or smtps://user:password@host."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise NotifierMisconfigured("SMTP_URL: user and password must be ASCII; ask the provider for others.")
    if password and scheme == "smtp" and not _is_this_machine(host):
        raise NotifierMisconfigured("SMTP_URL would send the password unencrypted; use smtp+starttls:// or smtps://.")
    return Server(scheme=scheme, host=host, port=port or PORTS[scheme], user=user, password=password)


def _is_this_machine(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


class Line(smtplib.SMTP):
    """smtplib with every read and write held to one deadline, and errors that keep their cause."""

    def __init__(self, sock: socket.socket, *, deadline: float, step: float) -> None:
        name = socket.gethostname()
        super().__init__(local_hostname=name if "." in name else "[127.0.0.1]")  # never getfqdn(): it may ask DNS
        self.sock = sock
        self.stage = Stage.GREETING
        self.deadline = deadline  # monotonic seconds
        self.step = step
        self.idle_since = 0.0
        self.sent = 0
        self._unread = b""

    def send(self, s: object) -> None:
        """Write all of it before the deadline."""
        self.live().sendall(s if isinstance(s, bytes) else str(s).encode())

    def getreply(self) -> tuple[int, bytes]:
        """One whole reply before the deadline; code 0 when it is not SMTP."""
        lines: list[bytes] = []
        while sum(map(len, lines)) < LONGEST_REPLY:
            line = self._read_line()
            if not line[:3].isdigit():
                return 0, line
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)
        raise ConnectionError("a reply without end")

    def hear(self, stage: Stage, *, wants: int) -> Reply:
        """The server's answer. Raises Refused unless it is of the wanted hundred."""
        self.stage = stage
        code, text = self.getreply()
        reply = Reply(code=code, text=text.decode("utf-8", "replace"))
        if code // 100 != wants:
            raise Refused(reply)
        return reply

    def say(self, stage: Stage, command: str, *, wants: int) -> Reply:
        """One command and its answer. Raises Refused unless it is of the wanted hundred."""
        self.stage = stage
        self.putcmd(command)
        return self.hear(stage, wants=wants)

    def encrypt(self, context: ssl.SSLContext, *, host: str) -> None:
        """TLS from here on; what was read before it is forgotten, it could have been slipped in."""
        self._unread = b""
        self.sock = context.wrap_socket(self.live(), server_hostname=host)

    def hang_up(self) -> None:
        """Say QUIT without waiting for the answer, and close."""
        self.deadline = time.monotonic() + 1
        with suppress(OSError):
            self.putcmd("QUIT")
        self.close()

    def _read_line(self) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > LONGEST_REPLY:
                raise ConnectionError("a line without end")
            chunk = self.live().recv(8192)
            if not chunk:
                raise ConnectionResetError("the server closed the connection")
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def live(self) -> socket.socket:
        """The socket, with a timeout of what is left for this step."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for one hand-over is used up")
        if self.sock is None:
            raise ConnectionResetError("the connection is closed")
        self.sock.settimeout(left if self.stage is Stage.END else min(left, self.step))
        return self.sock


def connect(server: Server, context: ssl.SSLContext, *, find: Resolve, deadline: float, step: float) -> Line:
    """A connection the server has not greeted yet. Raises OSError."""
    line = Line(dial(server.host, server.port, find=find, deadline=deadline, step=step), deadline=deadline, step=step)
    if server.scheme == "smtps":
        try:
            line.encrypt(context, host=server.host)
        except BaseException:
            line.close()
            raise
    return line


def greet(line: Line, server: Server, context: ssl.SSLContext) -> None:
    """Greeting, EHLO, STARTTLS and login as SMTP_URL asks; never weaker. Raises Refused, NotOffered or OSError."""
    line.hear(Stage.GREETING, wants=2)
    _ehlo(line)
    if server.scheme == "smtp+starttls":
        if not line.has_extn("starttls"):
            raise NotOffered("starttls")
        line.say(Stage.STARTTLS, "STARTTLS", wants=2)
        line.encrypt(context, host=server.host)
        _ehlo(line)
    if server.user:
        _login(line, server)


def _ehlo(line: Line) -> None:
    line.stage = Stage.EHLO
    code, text = line.ehlo()
    if code != 250:
        raise Refused(Reply(code=code, text=text.decode("utf-8", "replace")))


def _login(line: Line, server: Server) -> None:
    line.stage = Stage.LOGIN
    if not line.has_extn("auth"):
        raise NotOffered("auth")
    try:
        line.login(server.user, server.password)
    except smtplib.SMTPResponseException as refused:
        text = refused.smtp_error
        reply = Reply(code=refused.smtp_code, text=text if isinstance(text, str) else text.decode("utf-8", "replace"))
        raise Refused(reply) from refused
    except smtplib.SMTPException as error:  # no method we can speak
        raise NotOffered("auth") from error
