"""How the HTTP edge is run: one granian worker of its own process, sized for many open connections."""

import os
import resource
import sys
from importlib.metadata import version

from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server
from starlette.types import ASGIApp

from config.log import set_up
from config.settings import Settings, load
from config.warp import is_loopback
from tracker.orphans import die_with_parent
from tracker.web.app import create_app
from tracker.wiring import build

BACKLOG = 4096  # connections the kernel keeps while we are busy
# Requests at work at once, and thereby open connections: granian stops serving everything at its default of 1,024.
BACKPRESSURE = 16_384


FILES = BACKPRESSURE + 1_000  # each connection is one; the rest is ours


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests at hand may end."""
    _allow_files()
    server = Server(
        "tracker.web.serve:factory",
        factory=True,
        address=address(settings),
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        http=HTTPModes.http1,  # what proxies speak to us; ready for both, each open connection takes 12 kB more
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig={"version": 1, "disable_existing_loggers": False},
        respawn_failed_workers=True,
        workers_kill_timeout=int(settings.timing.web_shutdown.total_seconds()) or 1,
    )
    server.serve()


def address(settings: Settings) -> str:
    """Loopback while nobody else can mean us: without a public address, or behind a proxy on this machine."""
    proxies = settings.trusted_proxies
    if is_loopback(settings.public_url) or (proxies and all(each.is_loopback for each in proxies)):
        return "127.0.0.1"
    return "0.0.0.0"  # noqa: S104 - a public address was set


def _allow_files() -> None:
    """Most systems start a program with 1,024 and let it have more when it asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def factory() -> ASGIApp:
    """Called by granian in its worker process, which must not outlive it."""
    die_with_parent()
    settings = load(os.environ)
    set_up(settings.log_format, stream=sys.stderr, process="web")
    return create_app(build(settings), version=version("wismo"))
