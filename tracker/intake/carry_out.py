"""How one statement of a shop is carried out: one transaction, tried again when another was first, then a ring."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from tracker.domain.shipments import OrderId
from tracker.pipeline.naming import Askable
from tracker.pipeline.ports import OrderUnit, Raced
from tracker.pipeline.register import Registered, Result, Terms
from tracker.wiring import App

TRIES = 4  # of a transaction that lost a race; a loser has waited for the winner, so the second try rarely loses

Step = Callable[[OrderUnit, Terms], Registered]


class KeyReused(Exception):
    """The same Idempotency-Key came with another request."""


class Contended(Exception):
    """Others changed the same order again and again; nothing was written. Try later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """An Idempotency-Key and the request it stands for."""

    brand: str
    key: str
    body_sha256: str


def terms(app: App, *, source: str, silent: bool = False, adds_only: bool = False) -> Terms:
    """The rules and the time of this moment."""
    return Terms(
        rules=app.rules,
        askable=askable(app),
        now=app.now(),
        machine_now=app.machine_now(),
        source=source,
        silent=silent,
        adds_only=adds_only,
    )


def askable(app: App) -> Askable:
    """Which carriers can be asked, and why the others cannot."""
    why_off = {name: each.why_off for name, each in app.settings.carriers.items() if name not in app.carriers}
    return Askable(on=frozenset(app.carriers), why_off=why_off)


def once(brand: str, key: str | None, *request: object) -> Once | None:
    """None without a key: repeats are safe by the order's number anyway."""
    if not key:
        return None
    plain = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return Once(brand=brand, key=key, body_sha256=sha256(plain.encode()).hexdigest())


def carry_out(app: App, step: Step, *, same: Once | None = None) -> Registered:
    """Do it, ring for what it made due, and remember it under its key.

    Raises KeyReused, Contended, StoreAway, and whatever the step refuses with.
    """
    for _ in range(TRIES):
        try:
            with app.store.write() as unit:
                done = _in_unit(app, unit, step, same)
        except Raced:
            continue
        ring(app, done)
        return done
    raise Contended


def ring(app: App, done: Registered) -> None:
    """After the commit; a ring that is lost costs one sweep."""
    for notification_id in done.due:
        app.doorbell.ring("dispatch", notification_id)
    if done.result is not Result.UNCHANGED:
        for carrier in sorted({each.carrier for each in done.order.shipments} & set(app.carriers)):
            app.doorbell.ring("looks", carrier)


def _in_unit(app: App, unit: OrderUnit, step: Step, same: Once | None) -> Registered:
    earlier = unit.remembered(same.brand, same.key) if same else None
    if earlier is not None:
        body_sha256, _, answer = earlier
        if same is None or body_sha256 != same.body_sha256:
            raise KeyReused
        return _replayed(unit, answer)
    done = step(unit, terms(app, source="api"))
    if same is not None:
        _remember(app, unit, same, done)
    return done


def _remember(app: App, unit: OrderUnit, same: Once, done: Registered) -> None:
    """Only what was done: the order itself holds people's data and a secret link, and is read again."""
    answer: dict[str, object] = {
        "order_id": done.order.id,
        "result": done.result.value,
        "changed": list(done.changed),
        "warnings": list(done.warnings),
    }
    unit.remember(
        same.brand,
        same.key,
        body_sha256=same.body_sha256,
        status=HTTPStatus.CREATED if done.result is Result.CREATED else HTTPStatus.OK,
        answer=answer,
        machine_now=app.machine_now(),
    )


def _replayed(unit: OrderUnit, answer: dict[str, object]) -> Registered:
    order, _, _ = unit.order_dossier(OrderId(str(answer["order_id"])))
    changed, warnings = answer["changed"], answer["warnings"]
    return Registered(
        order=order,
        result=Result(str(answer["result"])),
        changed=tuple(map(str, changed)) if isinstance(changed, list) else (),
        warnings=tuple(map(str, warnings)) if isinstance(warnings, list) else (),
    )
