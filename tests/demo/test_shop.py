"""Whether the demo's shops tell each story once and to its end."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.servers import PATIENCE, held_port
from tracker.demo.shop import answer_of
from tracker.demo.tale import STARTS_AT, TRAVELS
from tracker.demo.tales import TALES


class Back(BaseHTTPRequestHandler):
    """A Wismo that is there again."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[1]")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_shops_wait_for_a_wismo_that_is_away_and_do_not_start_anew() -> None:
    heard: list[object] = []
    with held_port() as port:
        asking = threading.Thread(target=lambda: heard.append(answer_of("GET", f"http://127.0.0.1:{port}/", None)))
        asking.start()
        asking.join(2)  # longer than the first two tries
        assert asking.is_alive()

        with HTTPServer(("127.0.0.1", port), Back, bind_and_activate=False) as wismo:
            wismo.allow_reuse_port = True
            wismo.server_bind()
            wismo.server_activate()
            wismo.handle_request()
        asking.join(PATIENCE.total_seconds())

    assert heard == [[1]]


def test_all_that_is_done_and_delivered_fits_into_the_days_of_the_demo() -> None:
    ends = STARTS_AT + TRAVELS
    done = [act.at for tale in TALES for act in tale.acts] + [trouble.at for tale in TALES for trouble in tale.troubles]
    arrived = [
        parcel.scans[-1].at
        for tale in TALES
        if tale.end.state == "delivered"
        for parcel in tale.parcels
        if parcel.scans
    ]

    assert max(tale.placed for tale in TALES) < ends
    assert max(done) < ends
    assert max(arrived) < ends
