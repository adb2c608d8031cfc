"""What the settings say, in the values that rules and steps go by."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from carriers.events import Milestone
from config.brands import BrandSettings
from config.carriers import CarrierSettings, QuotaKind
from config.schedule import NO_STATE, LookingSettings, PatienceSettings, Schedule, TellingSettings
from config.settings import SendMode, Settings
from config.timing import Timing
from notifiers.message import Channel
from tracker.domain.brands import Brand, Product, Theme
from tracker.domain.cadence import Ladder, Rung
from tracker.domain.judgement import Patience
from tracker.domain.notices import Notice, TellingPolicy
from tracker.pipeline.calendars import calendar_at
from tracker.pipeline.conclude import Rules
from tracker.pipeline.dispatch import RETRY_STEPS, SendGate, SendPace
from tracker.pipeline.looking import LookPace
from tracker.pipeline.ports import Quota
from tracker.pipeline.receipts import AGAIN
from tracker.pipeline.reconcile import ListPace

USUAL_LEASE = timedelta(seconds=60)  # durations that Timing does not name are scaled as its lease is


def rules(schedule: Schedule, brands: Mapping[str, Brand], *, texts: bool) -> Rules:
    """When to look, how long to be patient, what to tell."""
    return Rules(
        ladder=_ladder(schedule.looking),
        patience=_patience(schedule.patience),
        telling=_telling(schedule.telling),
        calendar_at=calendar_at,
        brands=brands,
        channels=(Channel.EMAIL, Channel.SMS) if texts else (Channel.EMAIL,),
    )


def brand(settings: BrandSettings) -> Brand:
    """One shop; where its pages are is not the domain's business."""
    same = _fields(settings)
    del same["page_host"]
    products = tuple(Product(**_fields(each)) for each in settings.products)
    return Brand(**(same | {"theme": Theme(**_fields(settings.theme)), "products": products}))


def quotas(settings: CarrierSettings) -> tuple[Quota, ...]:
    """How often one credential may ask."""
    return tuple(
        Quota(limit=each.limit, per=each.per, calendar=each.kind is QuotaKind.CALENDAR) for each in settings.quotas
    )


def send_gate(settings: Settings) -> SendGate:
    """Who may be written to at all."""
    allowed = settings.send_allowlist if settings.send is SendMode.ALLOWLIST else None
    return SendGate(off=settings.send is SendMode.OFF, allowed=allowed)


def look_pace(timing: Timing) -> LookPace:
    """How long the parts of a look may take."""
    usual, scale = LookPace(), timing.lease / USUAL_LEASE
    return LookPace(
        lease=timing.lease,
        call=timing.http_total,
        turn=(timing.time_limit - timing.http_total) * 2 / 3,
        down_for=usual.down_for * scale,
        refused_for=usual.refused_for * scale,
    )


def send_pace(timing: Timing) -> SendPace:
    """How long the parts of a hand-over may take."""
    usual, scale = SendPace(), timing.lease / USUAL_LEASE
    return SendPace(
        lease=timing.lease,
        call=timing.http_total,
        refused_for=usual.refused_for * scale,
        sibling_for=usual.sibling_for * scale,
        halted_for=usual.halted_for * scale,
        resolve_after=timing.reconcile_again,
        record_for=usual.record_for * scale,
        retry_steps=tuple(step * scale for step in RETRY_STEPS),
    )


def list_pace(timing: Timing) -> ListPace:
    """When a provider's list is read after a lost answer."""
    usual, scale = ListPace(), timing.lease / USUAL_LEASE
    return ListPace(steps=tuple(step * scale for step in usual.steps), unreadable=usual.unreadable * scale)


def receipt_again(timing: Timing) -> timedelta:
    """How long a text that the network gave up waits before it is sent again."""
    return AGAIN * (timing.lease / USUAL_LEASE)


def _ladder(looking: LookingSettings) -> Ladder:
    rungs = {
        None if name == NO_STATE else Milestone(name): Rung(**_fields(rung)) for name, rung in looking.rungs.items()
    }
    return Ladder(**(_fields(looking) | {"rungs": rungs}))


def _patience(patience: PatienceSettings) -> Patience:
    silent = {Milestone(name): span for name, span in patience.silent.items()}
    return Patience(**(_fields(patience) | {"silent": silent}))


def _telling(telling: TellingSettings) -> TellingPolicy:
    by_notice = {
        "settle": {Notice(name): span for name, span in telling.settle.items()},
        "lifetime": {Notice(name): span for name, span in telling.lifetime.items()},
    }
    return TellingPolicy(**(_fields(telling) | by_notice))


def _fields(settings: Any) -> dict[str, Any]:
    """Both sides name their fields alike; one that is missing on either side fails at start."""
    return {each.name: getattr(settings, each.name) for each in fields(settings)}
