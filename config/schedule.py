"""When to look, how long to be patient, how long a message waits: config/schedule.toml as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from config.files import Table

# Words of other packages, which this leaf may not import; a test compares them.
STATES = (
    "label_created",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "attempt_failed",
    "ready_for_pickup",
    "delivered",
    "exception",
    "returning",
    "returned",
    "lost",
    "cancelled",
)
NO_STATE = "none"  # the carrier has told nothing yet
NOTICES = (
    "confirmed",
    "shipped",
    "in_transit",
    "out_for_delivery",
    "attempt_failed",
    "ready_for_pickup",
    "delivered",
    "delayed",
    "exception",
    "returned",
    "corrected",
    "link",
    "invited",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RungSettings:
    """How often to look at one milestone."""

    day: timedelta  # wall hours at the destination
    night: timedelta
    due: timedelta  # on the promised day and after it


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingSettings:
    """The ladder of looks."""

    rungs: Mapping[str, RungSettings]  # by milestone, and NO_STATE
    day_from_hour: int
    day_to_hour: int
    longest: timedelta
    watched: timedelta
    watched_for: timedelta
    error_steps: tuple[timedelta, ...]
    unknown_steps: tuple[timedelta, ...]
    stop_after_end: timedelta
    give_up: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PatienceSettings:
    """How long each silence is normal."""

    never_scanned: timedelta
    silent: Mapping[str, timedelta]  # by milestone
    promise_grace: timedelta
    pickup_ending: timedelta
    cannot_ask: timedelta
    number_unknown: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingSettings:
    """How long a notice waits for a better one, and how long it stays true."""

    settle: Mapping[str, timedelta]  # by notice
    lifetime: Mapping[str, timedelta]  # by notice, from when it happened
    correction_stands: timedelta
    window_moves: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FuseSettings:
    """When so many messages are planned that something must be wrong."""

    factor: int  # times the usual hour
    floor: int  # messages an hour that never blow it, however quiet the usual hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All of config/schedule.toml."""

    looking: LookingSettings
    patience: PatienceSettings
    telling: TellingSettings
    fuse: FuseSettings


def read_schedule(file: Table) -> Schedule:
    """The schedule; what is wrong with it is remembered by the table."""
    file.only(("looking", "patience", "telling", "fuse"))
    return Schedule(
        looking=_looking(file.table("looking")),
        patience=_patience(file.table("patience")),
        telling=_telling(file.table("telling")),
        fuse=_fuse(file.table("fuse")),
    )


def _looking(table: Table) -> LookingSettings:
    table.only(LookingSettings.__slots__)
    rungs = table.table("rungs")
    names = (NO_STATE, *STATES)
    rungs.only(names)
    return LookingSettings(
        rungs={name: _rung(rungs.table(name)) for name in names},
        day_from_hour=table.integer("day_from_hour", highest=23),
        day_to_hour=table.integer("day_to_hour", lowest=1, highest=24),
        longest=table.duration("longest"),
        watched=table.duration("watched"),
        watched_for=table.duration("watched_for"),
        error_steps=table.durations("error_steps"),
        unknown_steps=table.durations("unknown_steps"),
        stop_after_end=table.duration("stop_after_end"),
        give_up=table.duration("give_up"),
    )


def _rung(table: Table) -> RungSettings:
    table.only(RungSettings.__slots__)
    return RungSettings(day=table.duration("day"), night=table.duration("night"), due=table.duration("due"))


def _patience(table: Table) -> PatienceSettings:
    table.only(PatienceSettings.__slots__)
    return PatienceSettings(
        never_scanned=table.duration("never_scanned"),
        silent=_silences(table.table("silent")),
        promise_grace=table.duration("promise_grace"),
        pickup_ending=table.duration("pickup_ending"),
        cannot_ask=table.duration("cannot_ask"),
        number_unknown=table.duration("number_unknown"),
    )


def _silences(table: Table) -> dict[str, timedelta]:
    """Only milestones whose silence means something are named; an ended journey is silent by right."""
    table.only(STATES)
    return {name: table.duration(name) for name in table.values if name in STATES}


def _telling(table: Table) -> TellingSettings:
    table.only(TellingSettings.__slots__)
    return TellingSettings(
        settle=table.table("settle").every_duration(NOTICES),
        lifetime=table.table("lifetime").every_duration(NOTICES),
        correction_stands=table.duration("correction_stands"),
        window_moves=table.duration("window_moves"),
    )


def _fuse(table: Table) -> FuseSettings:
    table.only(FuseSettings.__slots__)
    return FuseSettings(factor=table.integer("factor", lowest=2), floor=table.integer("floor", lowest=1))
