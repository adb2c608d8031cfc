"""The phone over HTTP: Twilio's API, pages for people, JSON for programs."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from notifiers.sandbox import mischief, phone_pages, twilio_api
from notifiers.sandbox.exchange import Exchange
from notifiers.sandbox.texts import Text

PAGE_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'"


class PhoneSite:
    """The web site of one exchange, in threads of its own."""

    def __init__(self, exchange: Exchange, *, mailbox_url: Callable[[], str]) -> None:
        self.exchange, self.mailbox_url = exchange, mailbox_url
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, port: int) -> int:
        """Listen, and say on which port."""
        if self._server is not None:
            return port
        site = self

        class Visit(_Visit):
            def __init__(self, *request: Any) -> None:
                self.site = site
                super().__init__(*request)

        self._server = _Server(("127.0.0.1", port), Visit)
        serve = partial(self._server.serve_forever, poll_interval=0.02)  # how long a stop may take
        self._thread = threading.Thread(target=serve, name="phone-web", daemon=True)
        self._thread.start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Stop listening, and hang up on everybody."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server.hang_up()
        self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # somebody may be kept waiting on purpose
    request_queue_size = 256

    def __init__(self, *about: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*about)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that is gone is no news."""

    def hang_up(self) -> None:
        """Cut the kept connections."""
        for line in list(self._open):
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    timeout = 120  # of an idle connection
    site: PhoneSite

    def do_GET(self) -> None:
        self._visit()

    def do_POST(self) -> None:
        self._visit()

    def do_DELETE(self) -> None:
        self._visit()

    def log_message(self, *_: object) -> None:
        """Say nothing: the ledger is the log."""

    def _visit(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path.startswith(twilio_api.ROOT):
            self._call_api(url.path, url.query, body)
        elif url.path.startswith("/_sandbox/"):
            self._control(url.path, parse_qs(url.query), body)
        else:
            self._show(url.path, body)

    def _call_api(self, path: str, query: str, body: bytes) -> None:
        asked = twilio_api.Asked(
            method=self.command,
            path=path,
            query=query,
            authorization=self.headers.get("Authorization", ""),
            body=body,
        )
        said = twilio_api.answer(self.site.exchange, asked)
        if said.cut is twilio_api.Cut.RESET:
            self._reset()
            return
        whole = said.cut is twilio_api.Cut.WHOLE
        self._answer(said.body, kind=said.kind, status=said.status, sent=None if whole else len(said.body) // 2)

    def _control(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        exchange = self.site.exchange
        try:
            if self.command == "POST":
                self._json(_told(exchange, path, json.loads(body) if body.strip() else {}))
            elif self.command == "DELETE":
                self._json(_taken_back(exchange, path))
            else:
                self._json(_seen(exchange, path, query))
        except LookupError as error:
            self._json({"error": f"no such control, text or field: {error}"}, status=HTTPStatus.NOT_FOUND)
        except (ValueError, TypeError, AttributeError) as error:
            self._json({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)

    def _show(self, path: str, body: bytes) -> None:
        exchange, texts = self.site.exchange, self.site.exchange.kept.all()
        match [self.command, *path.strip("/").split("/")]:
            case ["GET", ""]:
                self._html(phone_pages.listing(texts, mailbox_url=self.site.mailbox_url()))
            case ["GET", "numbers", number]:
                self._html(phone_pages.thread(texts, number=unquote(number)))
            case ["POST", "numbers", number, "replies"]:
                said = parse_qs(body.decode("utf-8", "replace")).get("body", [""])[-1]
                if said.strip():
                    exchange.receive(sender=unquote(number), body=said)
                self._answer(
                    b"", kind="text/plain", status=HTTPStatus.SEE_OTHER, to=f"/numbers/{quote(unquote(number))}#last"
                )
            case _:
                self._html(phone_pages.missing(), status=HTTPStatus.NOT_FOUND)

    def _html(self, page: str, *, status: int = HTTPStatus.OK) -> None:
        self._answer(page.encode("utf-8", "replace"), kind="text/html; charset=utf-8", status=status)

    def _json(self, data: Any, *, status: int = HTTPStatus.OK) -> None:
        self._answer(json.dumps(data).encode(), kind="application/json", status=status)

    def _answer(self, body: bytes, *, kind: str, status: int, sent: int | None = None, to: str = "") -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", PAGE_POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
            *([("Location", to)] if to else []),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:sent])
        self.close_connection = self.close_connection or sent is not None

    def _reset(self) -> None:
        """Answer with a TCP reset instead of a goodbye."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()


def _told(exchange: Exchange, path: str, payload: Any) -> Any:
    """What a program orders. Raises LookupError, ValueError or TypeError."""
    match path:
        case "/_sandbox/faults":
            for each in payload if isinstance(payload, list) else [payload]:
                exchange.faults.add(mischief.read_fault(each))
        case "/_sandbox/stories":
            for each in payload if isinstance(payload, list) else [payload]:
                exchange.stories.add(mischief.read_story(each))
        case "/_sandbox/status":
            return {"answer": exchange.report(str(payload.pop("sid")), mischief.read_step(payload))}
        case "/_sandbox/replies":
            return {"answer": exchange.receive(**payload)}
        case "/_sandbox/account":
            exchange.account_status = str(payload["status"])
        case "/_sandbox/inbound":
            exchange.inbound_url = str(payload["url"])
        case "/_sandbox/reset":
            exchange.reset()
        case _:
            raise LookupError(path)
    return {"done": True}


def _taken_back(exchange: Exchange, path: str) -> Any:
    match path:
        case "/_sandbox/faults":
            exchange.faults.clear()
        case "/_sandbox/stories":
            exchange.stories.clear()
        case _:
            raise LookupError(path)
    return {"done": True}


def _seen(exchange: Exchange, path: str, query: dict[str, list[str]]) -> Any:
    match path:
        case "/_sandbox/texts":
            after = query.get("after", ["0"])[-1]
            return [_as_json(text) for text in exchange.kept.accepted(after=int(after) if after.isdigit() else 0)]
        case "/_sandbox/calls":
            return [{"url": call.url, "form": dict(call.form), "answer": call.answer} for call in exchange.caller.calls]
        case _:
            raise LookupError(path)


def _as_json(text: Text) -> dict[str, Any]:
    return asdict(text) | {"accepted_at": text.accepted_at.isoformat()}
