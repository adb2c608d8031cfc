"""What a soak draws its troubles from: one table for each of those we talk to."""

from typing import Any

from notifiers.sandbox.faults import Action, Stage
from notifiers.sandbox.mischief import Step, Trouble

MAIL_TROUBLES: tuple[dict[str, Any], ...] = (
    {"stage": Stage.ACCEPTED, "action": Action.DROP},
    {"stage": Stage.ACCEPTED, "action": Action.SLOW, "seconds": 3.0},
    {"stage": Stage.END, "action": Action.DROP},
    {"stage": Stage.END, "action": Action.REPLY, "code": 451},
    {"stage": Stage.DATA, "action": Action.REPLY, "code": 451},
    {"stage": Stage.RCPT, "action": Action.DROP},
    {"stage": Stage.CONNECT, "action": Action.REPLY, "code": 421},
)
TEXT_TROUBLES: tuple[Trouble, ...] = (  # all but a list that lies: against that only reports help
    Trouble.ACCEPT_THEN_RST,
    Trouble.ACCEPT_THEN_500,
    Trouble.ACCEPT_THEN_SLEEP,
    Trouble.ACCEPT_THEN_HALF,
    Trouble.ACCEPT_THEN_HTML,
    Trouble.RST_BEFORE_ACCEPT,
    Trouble.NO_ACCEPT_500,
    Trouble.BUSY,
    Trouble.LISTING_DOWN,
)
TEXT_STORIES: tuple[tuple[Step, ...], ...] = (
    (),
    (Step(status="queued", before=True), Step(status="sent", delay=0.3), Step(status="delivered", delay=0.5)),
    (Step(status="delivered", delay=0.1), Step(status="sent"), Step(status="sent"), Step(status="delivered")),
    (Step(status="sent", delay=0.2), Step(status="undelivered", code=30003, delay=0.5)),
)
CARRIER_TROUBLES: tuple[dict[str, Any], ...] = (
    {"kind": "429", "retry_after": 1},
    {"kind": "503"},
    {"kind": "500"},
    {"kind": "reset"},
    {"kind": "half"},
    {"kind": "html"},
    {"kind": "slow", "seconds": 3.0},
    {"kind": "expire_tokens"},
)
