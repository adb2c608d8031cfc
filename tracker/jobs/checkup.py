"""Whether an installation is well: each part is tried, and what is wrong comes with how to mend it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from carriers.contract import CarrierError
from config.settings import SendMode, Settings
from notifiers.contract import NotifierMisconfigured
from notifiers.message import Channel
from tracker.jobs import shortage, texting
from tracker.jobs.findings import Finding, Health
from tracker.pipeline.ports import StoreAway
from tracker.pipeline.quotas import StoreMeter, widened
from tracker.render.pictures import PictureUnfit
from tracker.store import facts, figures, gates, heartbeats, pauses, schema, sealing
from tracker.store.claims import HOLD
from tracker.store.errors import StoreUnfit
from tracker.wiring import App, build

LEAST_FREE = 1 << 30  # bytes: below a gigabyte a database is soon full
MOST_CODES = 5  # unknown codes to name; /metrics has more
MOST_SKEW = timedelta(seconds=5)  # between this machine's clock and the database's


def all_findings(settings: Settings) -> list[Finding]:
    """Try every part; the settings have been read already. Never raises for what is wrong outside."""
    found = [*_settings(settings), _disk(settings)]
    app = build(settings)
    try:
        for part in (_pictures, _database, _queue, _messages):
            found += part(app)
        found += _carriers(app)
        if not any(each.bad and each.part == "database" for each in found):
            found += [*_key(app), *_clock(app), *_switches(app), *shortage.findings(app)]
            found += [*_unknown_codes(app), *texting.findings(app), *_processes(app)]
    finally:
        app.close()
    return found


def _settings(settings: Settings) -> Iterator[Finding]:
    yield Finding(part="settings", health=Health.OK, finding="every variable can be read")
    if settings.secret_key_is_kept:
        yield Finding(
            part="secret key",
            health=Health.OK,
            finding="made at the first start and kept in the data directory",
            fix="Set SECRET_KEY when more than one machine runs Wismo; keep it with your backups.",
        )
    yield _sending(settings.send)


def _sending(mode: SendMode) -> Finding:
    fix = "Set WISMO_SEND=on when you want shoppers to get them."
    match mode:
        case SendMode.ON:
            return Finding(part="sending", health=Health.OK, finding="on")
        case SendMode.ALLOWLIST:
            told = "WISMO_SEND=allowlist: sent to the addresses of WISMO_SEND_ALLOWLIST, all others are kept"
        case SendMode.OFF:
            told = "WISMO_SEND=off: messages are decided and kept, not sent"
    return Finding(part="sending", health=Health.OFF, finding=told, fix=fix)


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    told = f"{free / (1 << 30):.1f} GB free where the data is"
    if free >= LEAST_FREE:
        return Finding(part="disk", health=Health.OK, finding=told)
    return Finding(part="disk", health=Health.BAD, finding=told, fix="Free some space, or move WISMO_DATA.")


def _pictures(app: App) -> Iterator[Finding]:
    """Only the web process reads them otherwise."""
    shown, unfit = 0, []
    for brand in app.brands.values():
        try:
            shown += len(app.renderer.album(brand).files)
        except PictureUnfit as error:
            fix = "The web process does not start before that."
            unfit.append(Finding(part=f"pictures of {brand.slug}", health=Health.BAD, finding=str(error), fix=fix))
    yield from unfit or [Finding(part="pictures", health=Health.OK, finding=f"{shown} can be shown")]


def _database(app: App) -> Iterator[Finding]:
    try:
        with app.store.read() as snapshot:
            revision = schema.check_here(snapshot.connection)
    except StoreUnfit as error:
        yield Finding(part="database", health=Health.BAD, finding=str(error), fix="Run `wismo migrate`.")
    except StoreAway as error:
        yield Finding(part="database", health=Health.BAD, finding=str(error), fix="Start it, or mend DATABASE_URL.")
    else:
        yield Finding(part="database", health=Health.OK, finding=f"answers, at revision {revision}")


def _key(app: App) -> Iterator[Finding]:
    with app.store.read() as snapshot:
        is_ours = sealing.is_ours(snapshot)
    if is_ours is False:
        told = "not the one this database was filled with: names and addresses cannot be read, links in mails are dead"
        fix = "Set the SECRET_KEY of before (or bring back the key file of the old WISMO_DATA) at every process."
        yield Finding(part="secret key", health=Health.BAD, finding=told, fix=fix)


def _queue(app: App) -> Iterator[Finding]:
    if app.settings.redis_url is None:
        yield Finding(
            part="queue",
            health=Health.OFF,
            finding="no REDIS_URL: `wismo up` starts its own; processes started alone claim directly",
        )
    elif app.doorbell.ping():
        yield Finding(part="queue", health=Health.OK, finding="answers")
    else:
        fix = "Start it, or mend REDIS_URL. Until then work goes on by direct claims, a little later."
        yield Finding(part="queue", health=Health.BAD, finding="does not answer", fix=fix)


def _messages(app: App) -> Iterator[Finding]:
    mail_fix = 'Set SMTP_URL, "smtp+starttls://user:password@host:587".'
    yield _channel(app, Channel.EMAIL, part="mail server", setting="SMTP_URL", fix=mail_fix)
    text_fix = "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM to send texts."
    yield _channel(app, Channel.SMS, part="texts", setting="TWILIO_ACCOUNT_SID", fix=text_fix)


def _channel(app: App, channel: Channel, *, part: str, setting: str, fix: str) -> Finding:
    notifier = app.notifiers.get(channel)
    if notifier is None:
        return Finding(part=part, health=Health.OFF, finding=f"no {setting}", fix=fix)
    try:
        return Finding(part=part, health=Health.OK, finding=notifier.check())
    except NotifierMisconfigured as error:
        return Finding(part=part, health=Health.BAD, finding=str(error), fix=f"Mend {setting} and what goes with it.")


def _carriers(app: App) -> Iterator[Finding]:
    for name, settings in sorted(app.settings.carriers.items()):
        part = f"carrier {name}"
        if name not in app.carriers:
            yield Finding(part=part, health=Health.OFF, finding=settings.why_off or "off")
            continue
        yield _credentials(part, app, name)


def _credentials(part: str, app: App, name: str) -> Finding:
    carrier = app.carriers[name]
    quotas = widened(app.looking[name].quotas)
    meter = StoreMeter(store=app.store, credential=carrier.credential, quotas=quotas, machine_now=app.machine_now)
    try:
        carrier.check(meter)
    except CarrierError as error:
        fix = "Mend the credentials in the carrier's variables, or its address; ask again later when it is down."
        return Finding(part=part, health=Health.BAD, finding=f"{error.outcome}: {error}", fix=fix)
    except (StoreAway, StoreUnfit) as error:
        return Finding(part=part, health=Health.BAD, finding=str(error), fix="Mend the database first.")
    return Finding(part=part, health=Health.OK, finding="takes our credentials")


def _clock(app: App) -> Iterator[Finding]:
    """SQLite has no clock of its own: one machine, one clock."""
    with app.store.read() as snapshot:
        theirs = heartbeats.database_time(snapshot.connection)
    if theirs is None:
        return
    skew = abs(theirs - datetime.now(UTC))
    told = f"{skew.total_seconds():.1f} s from the database's"
    if skew <= MOST_SKEW:
        yield Finding(part="clock", health=Health.OK, finding=told)
    else:
        yield Finding(part="clock", health=Health.BAD, finding=told, fix="Run chrony on every machine.")


def _switches(app: App) -> Iterator[Finding]:
    with app.store.read() as snapshot:
        hold = facts.get(snapshot.connection, HOLD)
        paused = pauses.every(snapshot.connection)
        shut = [each for each in gates.every(snapshot.connection) if each.wait(app.machine_now()) is not None]
    if hold is not None:
        fix = "See what waits, then `wismo resume`."
        yield Finding(part="sending", health=Health.BAD, finding=f"on hold: {hold}", fix=fix)
    for pause in paused:
        what = ", ".join(each for each in (pause.brand, pause.notice, pause.channel) if each) or "everything"
        yield Finding(
            part="sending", health=Health.OFF, finding=f"{what} is paused: {pause.reason}", fix="`wismo resume`"
        )
    for gate in shut:
        until = (
            "until a person mends it" if gate.until_machine_at is None else f"until {gate.until_machine_at:%H:%M:%S}"
        )
        since = f"since {gate.since_machine_at:%H:%M:%S}, " if gate.since_machine_at else ""
        fix = "It opens by itself when the peer answers again."
        told = f"{gate.reason}, {since}not asked {until}"
        yield Finding(part=gate.name.partition(":")[2], health=Health.BAD, finding=told, fix=fix)


def _unknown_codes(app: App) -> Iterator[Finding]:
    """They move nothing and are told to nobody until somebody gives them a row."""
    with app.store.read() as snapshot:
        found = figures.unknown_codes(snapshot, machine_now=app.machine_now())
    for (carrier, code), times in list(found.items())[:MOST_CODES]:
        fix = f"Add a row to carriers/codes/{carrier}.tsv; docs/adding-a-carrier.md says how."
        told = f"{times} scans of seven days with code {code}, which is not in our table"
        yield Finding(part=f"carrier {carrier}", health=Health.OFF, finding=told, fix=fix)


def _processes(app: App) -> Iterator[Finding]:
    with app.store.read() as snapshot:
        beats = heartbeats.every(snapshot.connection)
    if not beats:
        yield Finding(part="processes", health=Health.OFF, finding="none has run yet", fix="`wismo up`")
        return
    late = [each.name for each in beats if each.is_late(app.machine_now())]
    if late:
        fix = "Start `wismo up`, or the worker and clock of the Procfile."
        yield Finding(part="processes", health=Health.OFF, finding=f"silent: {', '.join(sorted(late))}", fix=fix)
    else:
        yield Finding(part="processes", health=Health.OK, finding=f"{len(beats)} recurring jobs are on time")
