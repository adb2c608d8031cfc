"""The mailbox over HTTP: pages for people, JSON for programs."""

import json
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from notifiers.sandbox import faults, pages
from notifiers.sandbox.ledger import Ledger, Mail
from notifiers.sandbox.letters import Opened, open_mail

# The pictures and styles a mail may show come from this machine only; nothing in it may run.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: http://127.0.0.1:* http://localhost:*; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
PAGE_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-src 'self'"


class Door(Protocol):
    """Opens or closes the SMTP port."""

    def __call__(self, *, is_open: bool) -> None: ...


class Site:
    """The web site of one mailbox, in threads of its own."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        faults: faults.Plan,
        door: Door,
        reset: Callable[[], None],
        phone_url: Callable[[], str],
    ) -> None:
        self.phone_url = phone_url
        self.ledger, self.faults, self.door, self.reset = ledger, faults, door, reset
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def start(self, port: int) -> int:
        """Listen, and say on which port."""
        site = self

        class Visit(_Visit):
            def __init__(self, *request: Any) -> None:
                self.site = site
                super().__init__(*request)

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Visit)
        self._server.daemon_threads = True
        serve = partial(self._server.serve_forever, poll_interval=0.02)  # how long a stop may take
        self._thread = threading.Thread(target=serve, name="mailbox-web", daemon=True)
        self._thread.start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


class _Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # of an idle connection
    site: Site

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match url.path.strip("/").split("/"):
            case [""]:
                self._html(
                    pages.listing(self.site.ledger.mails(), to=query.get("to", ""), phone_url=self.site.phone_url()),
                    PAGE_POLICY,
                )
            case ["_sandbox", "mails"]:
                after = int(query["after"]) if query.get("after", "").isdigit() else 0
                self._json([_as_json(mail, self._open(mail)) for mail in self.site.ledger.mails(after=after)])
            case ["_sandbox", "mails", number] if mail := self._find(number):
                self._json(_as_json(mail, self._open(mail)))
            case ["mails", number] if mail := self._find(number):
                self._html(pages.reading(mail, self._open(mail)), PAGE_POLICY)
            case ["mails", number, "html"] if mail := self._find(number):
                self._html(pages.framed(self._open(mail).html), MAIL_POLICY)
            case ["mails", number, "raw"] if mail := self._find(number):
                self._answer(self.site.ledger.raw(mail), kind="text/plain; charset=utf-8", policy=PAGE_POLICY)
            case _:
                self._html(pages.missing(), PAGE_POLICY, status=HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            payload = json.loads(body) if body.strip() else {}
            self._control(self.path, payload)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self._json({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
        except LookupError:
            self._json({"error": "no such control"}, status=HTTPStatus.NOT_FOUND)
        else:
            self._json({"done": True})

    def do_DELETE(self) -> None:
        if self.path != "/_sandbox/faults":
            self._json({"error": "no such control"}, status=HTTPStatus.NOT_FOUND)
            return
        self.site.faults.clear()
        self._json({"done": True})

    def log_message(self, *_: object) -> None:
        """Say nothing: the ledger is the log."""

    def _control(self, path: str, payload: Any) -> None:
        match path:
            case "/_sandbox/faults":
                for fault in payload if isinstance(payload, list) else [payload]:
                    self.site.faults.add(faults.read(fault))
            case "/_sandbox/door":
                self.site.door(is_open=bool(payload["open"]))
            case "/_sandbox/reset":
                self.site.reset()
            case _:
                raise LookupError

    def _find(self, number: str) -> Mail | None:
        mails = self.site.ledger.mails()
        return mails[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(mails) else None

    def _open(self, mail: Mail) -> Opened:
        return open_mail(self.site.ledger.raw(mail))

    def _html(self, page: str, policy: str, *, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._answer(page.encode("utf-8", "replace"), kind="text/html; charset=utf-8", policy=policy, status=status)

    def _json(self, data: Any, *, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._answer(json.dumps(data).encode(), kind="application/json", policy=PAGE_POLICY, status=status)

    def _answer(self, body: bytes, *, kind: str, policy: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _as_json(mail: Mail, opened: Opened) -> dict[str, Any]:
    return {
        "id": mail.id,
        "accepted_at": mail.accepted_at.isoformat(),
        "message_id": mail.message_id,
        "from": mail.sender,
        "to": list(mail.to),
        "subject": mail.subject,
        "ref": mail.ref,
        "headers": [list(pair) for pair in opened.headers],
        "text": opened.text,
        "html": opened.html,
    }
