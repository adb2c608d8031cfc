"""A shop that only listens: what was posted to it, and whether the signature holds."""

import threading
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from notifiers.sandbox.exchange import AUTH_TOKEN
from notifiers.twilio_sms.webhooks import is_genuine


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One call."""

    path: str
    form: tuple[tuple[str, str], ...]
    is_genuine: bool

    def field(self, name: str) -> str:
        return dict(self.form).get(name, "")


class Shop:
    """Answers 200 to every POST on a port of loopback."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        shop = self

        class Visit(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = parse_qsl(body, keep_blank_values=True)
                signature = self.headers["X-Twilio-Signature"]
                genuine = is_genuine(f"{shop.url}{self.path}", form, signature, [AUTH_TOKEN])
                shop.heard.append(Heard(path=self.path, form=tuple(form), is_genuine=genuine))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quietly."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Visit)
        serve = partial(self._server.serve_forever, poll_interval=0.02)
        self._thread = threading.Thread(target=serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def statuses(self) -> list[str]:
        """What was reported, in the order it came."""
        return [call.field("MessageStatus") for call in self.heard if call.field("MessageStatus")]

    def __enter__(self) -> "Shop":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
