"""The carriers for one machine: their APIs, the controls and a clock behind one port on loopback."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from carriers.sandbox import control
from carriers.sandbox.api import FRONTS, Api
from carriers.sandbox.calls import Calls, Limit
from carriers.sandbox.clock import Clock, SetClock, machine_seconds
from carriers.sandbox.faults import read
from carriers.sandbox.oauth import Desk
from carriers.sandbox.stories import Story
from carriers.sandbox.wire import Reply, Request, Wire

LOOPBACK = "127.0.0.1"
CLIENTS: Mapping[str, str] = {"sandbox-client": "sandbox-secret"}  # of every carrier that issues tokens
KEYS: Sequence[str] = ("sandbox-key",)  # of DHL, which issues none


class Sandbox:
    """The server in a thread of this process; `python -m carriers.sandbox` runs the same in its own."""

    def __init__(
        self,
        *,
        clock: Clock,
        port: int = 0,
        clients: Mapping[str, str] = CLIENTS,
        keys: Sequence[str] = KEYS,
        token_seconds: float | None = None,
        limits: Sequence[Limit] = (),
        is_enforcing: bool = False,
        machine: Callable[[], float] = machine_seconds,
    ) -> None:
        """`token_seconds`: instead of each carrier's own. `machine`: what limits and tokens are counted by."""
        self.api = Api(
            clock=clock,
            desks={
                front.name: Desk(
                    clients=clients if front.token_seconds else dict.fromkeys(keys, ""),
                    seconds=front.token_seconds if token_seconds is None else token_seconds,
                    newest_only=front.newest_token_only,
                    machine=machine,
                )
                for front in FRONTS
            },
            calls=Calls(limits),
            machine=machine,
            is_enforcing=is_enforcing,
        )
        self.port = port
        self._wires: set[Wire] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="carrier-sandbox", daemon=True)

    def start(self) -> "Sandbox":
        """Listen; on return the port is known."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=10)
        return self

    def stop(self) -> None:
        """Cut every connection and stop listening."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Stands in for the carrier's own host."""
        return f"http://{LOOPBACK}:{self.port}"

    def tell(self, *stories: Story) -> None:
        """These are the lives of these numbers from now on."""
        self.api.tell(list(stories))

    def set_clock(self, now: datetime) -> None:
        """It is this time in the stories; only for a clock that is set."""
        assert isinstance(self.api.clock, SetClock), "this clock runs by itself"
        self.api.clock.set(now)

    def fault(self, **order: Any) -> None:
        """Make trouble, in the words of the control: fault(kind="429", count=3, retry_after=5)."""
        control.order_fault(self.api, read(order))

    def set_limit(self, limit: Limit) -> None:
        """From now on this holds instead of the carrier's limit of that name."""
        self.api.calls.set_limit(limit)

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(self._wire, LOOPBACK, self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for wire in list(self._wires):
            wire.close()
        await asyncio.sleep(0)  # lets the connections notice

    def _wire(self) -> Wire:
        return Wire(self._answer, self._wires)

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(control.ROOM):
            return control.answer(self.api, request)
        return self.api.answer(request)
