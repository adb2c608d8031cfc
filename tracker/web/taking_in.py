"""How one statement of a shop is carried out for a request: one transaction, tried again when another was first."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from tracker.domain.intake import Unusable
from tracker.domain.shipments import OrderId
from tracker.pipeline.naming import Undecided
from tracker.pipeline.ports import OrderUnit, Raced
from tracker.pipeline.register import Registered, Result, Terms
from tracker.web import bodies
from tracker.web.problems import Refusal, busy, unusable
from tracker.wiring import App

TRIES = 4  # of a transaction that lost a race; each loser waits for the winner, so the second try rarely loses


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """An Idempotency-Key and the request it stands for."""

    brand: str
    key: str
    body_sha256: str


Step = Callable[[OrderUnit, Terms], Registered]


def terms(app: App, *, source: str, silent: bool = False, adds_only: bool = False) -> Terms:
    """The rules and the time of this moment."""
    return Terms(
        rules=app.rules,
        askable=app.askable,
        now=app.now(),
        machine_now=app.machine_now(),
        source=source,
        silent=silent,
        adds_only=adds_only,
    )


def once(brand: str, key: str | None, *request: object) -> Once | None:
    """None without a key: repeats are safe by the order's number anyway."""
    return Once(brand=brand, key=key, body_sha256=bodies.fingerprint(*request)) if key else None


def carry_out(app: App, step: Step, *, same: Once | None = None) -> Registered:
    """Do it, ring for what it made due, and remember it under its key. Raises Refusal."""
    for _ in range(TRIES):
        try:
            with app.store.write() as unit:
                done = _in_unit(app, unit, step, same)
        except Raced:
            continue
        except Unusable as error:
            raise unusable(error.problems) from error
        except Undecided as error:
            raise unusable([error.problem], candidates=error.candidates) from error
        _ring(app, done)
        return done
    raise busy("Several requests are changing this order at the same moment.")


def _in_unit(app: App, unit: OrderUnit, step: Step, same: Once | None) -> Registered:
    earlier = unit.remembered(same.brand, same.key) if same else None
    if same is None or earlier is None:
        done = step(unit, terms(app, source="api"))
        if same is not None:
            _remember(app, unit, same, done)
        return done
    body_sha256, _, answer = earlier
    if body_sha256 != same.body_sha256:
        raise Refusal(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "key_reused",
            "This Idempotency-Key was used for another request within 24 hours.",
            fix="Use a new key for each request, and the same key only to repeat the same one.",
        )
    return _replayed(unit, answer)


def _remember(app: App, unit: OrderUnit, same: Once, done: Registered) -> None:
    """Only what was done: the order itself holds people's data and a secret link, and is read again."""
    answer: dict[str, object] = {
        "order_id": done.order.id,
        "result": done.result.value,
        "changed": list(done.changed),
        "warnings": list(done.warnings),
    }
    status = HTTPStatus.CREATED if done.result is Result.CREATED else HTTPStatus.OK
    unit.remember(
        same.brand,
        same.key,
        body_sha256=same.body_sha256,
        status=status,
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


def _ring(app: App, done: Registered) -> None:
    """After the commit; a ring that is lost costs one sweep."""
    for notification_id in done.due:
        app.doorbell.ring("dispatch", notification_id)
    if done.result is Result.UNCHANGED:
        return
    for carrier in {each.carrier for each in done.order.shipments} & app.askable.on:
        app.doorbell.ring("looks", carrier)
