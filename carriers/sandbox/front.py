"""How one carrier's API is put before the rest: its paths, its answers, its refusals."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carriers.sandbox.calls import Excess
from carriers.sandbox.oauth import Desk
from carriers.sandbox.stories import Known
from carriers.sandbox.wire import Reply, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who wants what; `numbers` is empty when tokens are wanted."""

    kind: str  # "token" or "track"
    credential: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a carrier knows while it answers."""

    now: datetime
    desk: Desk
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """One carrier."""

    name: str
    token_seconds: float  # a token's life; 0 where there are none
    newest_token_only: bool = False  # a new token ends the older ones
    owns: Callable[[str], bool]  # whether a path is one of its addresses
    asked: Callable[[Request, Desk], Asked | None]  # None: no such address
    reply: Callable[[Request, Asked, Scene], Reply]
    refuse: Callable[[int], Reply]  # any error status, in the carrier's own shape
    busy: Callable[[Excess], Reply]  # a call too many


def reply(status: int, body: Any, *, kind: str = "application/json", headers: dict[str, str] | None = None) -> Reply:
    """A JSON answer."""
    packed = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return Reply(status=status, body=packed, kind=kind, headers=headers or {})
