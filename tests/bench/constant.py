"""A server that answers the same bytes to everything, under the options Wismo's own runs with.

Run as `python -m tests.bench.constant PORT SIZE`: what the server alone can do.
"""

import os
import sys

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server
from starlette.types import ASGIApp, Receive, Scope, Send

from tracker.orphans import die_with_parent
from tracker.web.serve import BACKLOG, BACKPRESSURE

SIZE = "BENCH_SIZE"


def factory() -> ASGIApp:
    """Called by granian in its worker process."""
    die_with_parent()
    body = b"x" * int(os.environ[SIZE])
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())],
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send(start)
            await send({"type": "http.response.body", "body": body})

    return app


def main(port: str, size: str) -> None:
    os.environ[SIZE] = size
    Server(
        "tests.bench.constant:factory",
        factory=True,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    die_with_parent()
    main(*sys.argv[1:])
