"""Which providers this installation hands messages to, and how it hears what became of them."""

from collections.abc import Callable
from datetime import datetime

import structlog

from config.settings import Settings
from notifiers.contract import Notifier, Texter
from notifiers.message import Channel
from notifiers.registry import NOTIFIERS, TEXTERS
from tracker import policies
from tracker.pipeline.conclude import Rules
from tracker.pipeline.dispatch import Sending, TextTerms
from tracker.pipeline.faults import Hit
from tracker.pipeline.fuse import Fuse, Traffic
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.receipts import Receiving
from tracker.pipeline.reconcile import Reconciling
from tracker.pipeline.sweeps import OutboxSweeps
from tracker.render.renderer import Renderer
from tracker.store.inbox import SqlInbox
from tracker.store.traffic import traffic
from tracker.store.unit import SqlStore

log = structlog.get_logger()

Clock = Callable[[], datetime]
REPORTS = "/webhooks/twilio/status"  # what web/hooks.py serves


def sending(
    settings: Settings,
    *,
    store: SqlStore,
    rules: Rules,
    renderer: Renderer,
    now: Clock,
    machine_now: Clock,
    owner: str,
    hit: Hit,
) -> Sending:
    """All that a hand-over needs. Raises NotifierMisconfigured."""
    texter = _texter(settings)
    by_channel = {Channel.EMAIL: _mailer(settings), Channel.SMS: texter}
    return Sending(
        store=store,
        renderer=renderer,
        notifiers={on: notifier for on, notifier in by_channel.items() if notifier},
        brands=rules.brands,
        pages_at={each.slug: each.page_host or settings.public_url for each in settings.brands},
        gate=policies.send_gate(settings),
        hourly_cap=_fuse(settings, store, now=now, machine_now=machine_now),
        now=now,
        machine_now=machine_now,
        owner=owner,
        texts=_terms(settings, store, texter),
        pace=policies.send_pace(settings.timing),
        alarm=alarm,
        hit=hit,
    )


def receiving(settings: Settings, *, store: SqlStore, now: Clock, machine_now: Clock, hit: Hit) -> Receiving:
    """All that reports and answers need."""
    return Receiving(
        inbox=SqlInbox(store),
        now=now,
        machine_now=machine_now,
        alarm=alarm,
        again=policies.receipt_again(settings.timing),
        hit=hit,
    )


def reconciling(settings: Settings, sending: Sending, outbox: OutboxSweeps) -> Reconciling:
    """All that the resolving of lost answers needs."""
    pace = policies.list_pace(settings.timing)
    return Reconciling(outbox=outbox, texter=sending.texts.texter, pace=pace, alarm=alarm)


def alarm(why: str) -> None:
    """Somebody should look at this soon."""
    log.error("alarm", why=why)


def _mailer(settings: Settings) -> Notifier | None:
    return NOTIFIERS["smtp"](settings.smtp_url, total=settings.timing.http_total) if settings.smtp_url else None


def _texter(settings: Settings) -> Texter | None:
    twilio = settings.twilio
    if twilio is None:
        return None
    return TEXTERS["twilio"](
        account_sid=twilio.account_sid,
        auth_token=twilio.auth_token,
        sender=twilio.sender,
        messaging_service_sid=twilio.messaging_service_sid,
        base_url=twilio.base_url,
        total=settings.timing.http_total,
    )


def _terms(settings: Settings, store: SqlStore, texter: Texter | None) -> TextTerms:
    def report_to(notification_id: NotificationId, n: int) -> str:
        mark = store.vault.report_mark(notification_id, n)
        return f"{settings.public_url}{REPORTS}/{notification_id}/{n}?k={mark}"

    answerable = settings.twilio is None or settings.twilio.can_be_answered
    return TextTerms(report_to=report_to, texter=texter, can_be_answered=answerable)


def _fuse(settings: Settings, store: SqlStore, *, now: Clock, machine_now: Clock) -> Callable[[], int]:
    blows, brands = settings.schedule.fuse, [each.slug for each in settings.brands]

    def seen() -> Traffic:
        with store.read() as snapshot:
            return traffic(snapshot, brands=brands, now=now(), machine_now=machine_now())

    return Fuse(seen, factor=blows.factor, floor=blows.floor, machine_now=machine_now)
