"""A mail server for one machine that keeps all it accepts and can be told to misbehave."""

import asyncio
import ssl
import threading
from pathlib import Path
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from notifiers.sandbox.faults import Action, Fault, Plan, Stage
from notifiers.sandbox.ledger import Ledger, Mail
from notifiers.sandbox.web import Site

LOOPBACK = "127.0.0.1"
NAME = "mailbox.sandbox"


class Mailbox:
    """SMTP on one port, its web site on another, both on loopback only."""

    def __init__(
        self,
        ledger: Path,
        *,
        smtp_port: int = 0,
        http_port: int = 0,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        smtputf8: bool = True,
    ) -> None:
        self.phone_url = ""  # of the neighbour's page, once it is known
        self.faults = Plan()
        self.ledger = Ledger(ledger)
        self.smtp_port = smtp_port
        self.http_port = http_port
        self.connections = 0
        self._login, self._tls, self._implicit_tls, self._smtputf8 = login, tls, implicit_tls, smtputf8
        self._loop = asyncio.new_event_loop()
        self._waiting: list[tuple[tuple[str, tuple[str, ...], bytes], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._door: asyncio.Server | None = None
        self._conversations: WeakSet[_Conversation] = WeakSet()
        self._site: Site | None = None
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)

    def start(self) -> "Mailbox":
        """Listen; on return both ports are known."""
        self._thread.start()
        self.open_door()
        self._site = Site(
            ledger=self.ledger,
            faults=self.faults,
            door=self._turn_door,
            reset=self.reset,
            phone_url=lambda: self.phone_url,
        )
        self.http_port = self._site.start(self.http_port)
        return self

    def stop(self) -> None:
        """Stop listening and close the ledger."""
        if self._site is not None:
            self._site.stop()
        self._ask(self._wind_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.ledger.close()

    def __enter__(self) -> "Mailbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The web site."""
        return f"http://{LOOPBACK}:{self.http_port}"

    @property
    def smtp_url(self) -> str:
        """As SMTP_URL would say it."""
        user = f"{self._login[0]}:{self._login[1]}@" if self._login else ""
        scheme = "smtp" if self._tls is None else "smtps" if self._implicit_tls else "smtp+starttls"
        return f"{scheme}://{user}{LOOPBACK}:{self.smtp_port}"

    def mails(self, *, after: int = 0) -> list[Mail]:
        """What was accepted, oldest first."""
        return self.ledger.mails(after=after)

    def open_door(self) -> None:
        """Listen for connections, on the port of the last time."""
        self._ask(self._open())

    def close_door(self) -> None:
        """Refuse new connections as if no server ran."""
        self._ask(self._close())

    def _turn_door(self, *, is_open: bool) -> None:
        self.open_door() if is_open else self.close_door()

    def hang_up_all(self) -> None:
        """Cut every connection, as a server does with idle ones."""
        self._ask(self._hang_up_all())

    def reset(self) -> None:
        """No mails, no faults, door open."""
        self.faults.clear()
        self.ledger.forget()
        self.open_door()

    async def accept(self, envelope: Envelope) -> None:
        """Return when the mail is safe; mails that arrive together share one fsync."""
        safe = self._loop.create_future()
        raw = envelope.original_content or b""
        self._waiting.append(((envelope.mail_from or "", tuple(envelope.rcpt_tos), raw), safe))
        if self._writer is None or self._writer.done():
            self._writer = self._loop.create_task(self._write())
        await asyncio.shield(safe)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self.ledger.accept, [mail for mail, _ in batch])
            for _, safe in batch:
                safe.set_result(None)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _ask(self, doing: Any) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=10)

    async def _open(self) -> None:
        if self._door is None:
            implicit = self._tls if self._implicit_tls else None
            self._door = await self._loop.create_server(self._answer, LOOPBACK, self.smtp_port, ssl=implicit)
            self.smtp_port = self._door.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None

    async def _hang_up_all(self) -> None:
        for conversation in list(self._conversations):
            if isinstance(conversation.transport, asyncio.WriteTransport):
                conversation.transport.abort()

    async def _wind_up(self) -> None:
        await self._close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _answer(self) -> asyncio.Protocol:
        self.connections += 1
        fault = self.faults.take(Stage.CONNECT, [])
        if fault is not None:
            return _TurnedAway(fault)
        conversation = _Conversation(
            _Manners(self, self._login),
            hostname=NAME,
            ident="ready",
            enable_SMTPUTF8=self._smtputf8,
            tls_context=None if self._implicit_tls else self._tls,
            auth_require_tls=False,
            auth_exclude_mechanism=() if self._login else ("LOGIN", "PLAIN"),
            authenticator=self._authenticate,
            loop=self._loop,
        )
        self._conversations.add(conversation)
        return conversation

    def _authenticate(self, *about: object) -> AuthResult:
        given = about[-1]
        expected = tuple(word.encode() for word in self._login or ())
        return AuthResult(success=isinstance(given, LoginPassword) and tuple(given) == expected, handled=False)


class _TurnedAway(asyncio.Protocol):
    """A connection that never becomes a conversation."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        match self._fault.action:
            case Action.REPLY:
                transport.write(f"{self._fault.code} {self._fault.text}\r\n".encode())
                transport.close()
            case Action.DROP:
                transport.abort()
            case Action.SLOW:
                asyncio.get_running_loop().call_later(self._fault.seconds, transport.abort)


class _Conversation(SMTP):
    """aiosmtpd answers DATA by itself; this lets a fault answer it."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds it by this name
        recipients = list(self.envelope.rcpt_tos) if self.envelope else []
        refusal = await self.event_handler.trouble(self, Stage.DATA, recipients)
        if refusal:
            await self.push(refusal)
        else:
            await super().smtp_DATA(arg)


class _Manners:
    """What the server says at each step; aiosmtpd finds the methods by name."""

    def __init__(self, mailbox: Mailbox, login: tuple[str, str] | None) -> None:
        self._mailbox = mailbox
        self._login = login

    async def trouble(self, server: SMTP, stage: Stage, recipients: list[str]) -> str:
        """The refusal a fault asks for, or nothing; may wait, or cut the connection and never return."""
        fault = self._mailbox.faults.take(stage, recipients)
        if fault is None:
            return ""
        match fault.action:
            case Action.REPLY:
                return f"{fault.code} {fault.text}"
            case Action.DROP:
                assert isinstance(server.transport, asyncio.WriteTransport)
                server.transport.abort()
                await asyncio.Event().wait()  # aiosmtpd cancels this task when the connection is gone
            case Action.SLOW:
                await asyncio.sleep(fault.seconds)
        return ""

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        refusal = await self.trouble(server, Stage.EHLO, [])
        return [refusal] if refusal else [line for line in responses if line != "250-AUTH "]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        refusal = await self.trouble(server, Stage.MAIL, [])
        if not refusal:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refusal or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await self.trouble(server, Stage.RCPT, [address])
        if not refusal:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return refusal or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipients = list(envelope.rcpt_tos)
        refusal = await self.trouble(server, Stage.END, recipients)
        if refusal:
            return refusal
        await self._mailbox.accept(envelope)
        return await self.trouble(server, Stage.ACCEPTED, recipients) or "250 2.0.0 OK: kept"
