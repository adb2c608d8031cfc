"""All that Wismo is told from outside, checked once: the only reader of the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlsplit

from config.brands import SENDER, BrandSettings, read_brands
from config.carriers import CarrierSettings, read_carriers, web_address
from config.files import open_table
from config.keys import SHORTEST, kept_key
from config.problems import Environment, SettingsError
from config.schedule import Schedule, read_schedule
from config.texting import TwilioSettings, read_twilio
from config.timing import Timing
from config.warp import Warp, is_loopback, read_warp

FOLDER = Path(__file__).parent


class SendMode(StrEnum):
    """Whether messages leave this machine."""

    OFF = "off"  # decided, rendered and recorded as held
    ALLOWLIST = "allowlist"  # only to the addresses named
    ON = "on"


class LogFormat(StrEnum):
    """How a log line looks."""

    JSON = "json"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One value, handed to wiring; nothing else knows the environment. What may hold a secret is not shown."""

    data_dir: Path
    runtime_dir: Path  # short paths for sockets, gone after a reboot
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)  # None: claim directly
    secret_key: str = field(repr=False)
    secret_key_is_kept: bool  # made on first start and kept in data_dir; other machines have another
    public_url: str  # no closing slash
    port: int
    smtp_url: str | None = field(repr=False)
    mail_from: str
    twilio: TwilioSettings | None  # None: no texts
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    send: SendMode
    send_allowlist: frozenset[str] = field(repr=False)
    heartbeat_url: str | None = field(repr=False)
    log_format: LogFormat
    raw_kept_for: timedelta
    worker_threads: int
    live_pages: int  # streams of open pages in one web process; the others ask once a minute
    carriers: Mapping[str, CarrierSettings]
    brands: tuple[BrandSettings, ...]
    schedule: Schedule
    timing: Timing
    warp: Warp | None
    faults: str = ""  # where tests let processes die; tracker/pipeline/faults.py reads it


def load(env: Mapping[str, str]) -> Settings:
    """Read, check and complete the settings. Raises SettingsError with every problem found."""
    environment = Environment(variables=env)
    settings = _read(environment)
    if not environment.problems:
        _must_fit_together(settings, environment)
    if environment.problems:
        raise SettingsError(environment.problems)
    return settings


def _read(env: Environment) -> Settings:
    folder = Path(env.text("WISMO_CONFIG_DIR", default=str(FOLDER)))
    data_dir = _data_dir(env)
    port = env.read("PORT", _port, default=8080, fix="Write a port from 1 to 65535.")
    mail_from = env.read("MAIL_FROM", _sender, default="", fix='Write "Name <box@host>".')
    return Settings(
        data_dir=data_dir,
        runtime_dir=Path(env.text("XDG_RUNTIME_DIR", default=gettempdir())),
        database_url=_database_url(env, data_dir),
        redis_url=_secret_url(env, "REDIS_URL", "redis", "rediss", "unix"),
        secret_key=_secret_key(env, data_dir),
        secret_key_is_kept=not env.text("SECRET_KEY"),
        public_url=_web(env, "PUBLIC_URL") or f"http://127.0.0.1:{port}",
        port=port,
        smtp_url=_secret_url(env, "SMTP_URL", "smtp", "smtp+starttls", "smtps"),
        mail_from=mail_from,
        twilio=read_twilio(env),
        trusted_proxies=_trusted_proxies(env),
        send=env.read("WISMO_SEND", SendMode, default=SendMode.OFF, fix='Write "off", "allowlist" or "on".'),
        send_allowlist=_allowlist(env),
        heartbeat_url=_secret_url(env, "HEARTBEAT_URL", "http", "https"),
        log_format=env.read("WISMO_LOG", LogFormat, default=LogFormat.JSON, fix='Write "json" or "console".'),
        raw_kept_for=timedelta(days=_count(env, "WISMO_RAW_DAYS", default=30, lowest=0, highest=3650)),
        worker_threads=_count(env, "WISMO_WORKER_THREADS", default=4, lowest=1, highest=128),
        live_pages=_count(env, "WISMO_LIVE_PAGES", default=4_000, lowest=0, highest=10_000),
        carriers=read_carriers(open_table(folder / "carriers.toml", env)),
        brands=read_brands(open_table(folder / "brands.toml", env), mail_from=mail_from),
        schedule=read_schedule(open_table(folder / "schedule.toml", env)),
        timing=_timing(env),
        warp=_warp(env),
        faults=env.text("WISMO_FAULTS"),
    )


def _must_fit_together(settings: Settings, env: Environment) -> None:
    """What each setting allows alone, but not beside the others."""
    if settings.send is not SendMode.OFF:
        needed = f"missing, while WISMO_SEND={settings.send}"
        if settings.smtp_url is None:
            env.complain("SMTP_URL", found=needed, fix='Write "smtp://host:25" or "smtps://user:password@host:465".')
        if not env.text("PUBLIC_URL"):
            env.complain(
                "PUBLIC_URL", found=needed, fix='Write the address shoppers reach, "https://track.shop.example".'
            )
    if settings.send is SendMode.ALLOWLIST and not settings.send_allowlist:
        fix = "Write the addresses that may get messages, with commas."
        env.complain("WISMO_SEND_ALLOWLIST", found="missing, while WISMO_SEND=allowlist", fix=fix)
    abroad = _peers_elsewhere(settings)
    for name in ("WISMO_WARP", "WISMO_TIMING_DIVISOR", "WISMO_FAULTS"):
        if env.text(name) and abroad:
            fix = "Unset it: it is for demos and tests, where everybody asked or written to is on this machine."
            env.complain(name, found=f"set, while {' and '.join(abroad)} is elsewhere", fix=fix)


def _peers_elsewhere(settings: Settings) -> list[str]:
    """The variables that lead off this machine; a carrier that is off is never asked."""
    asked = {f"{each.name}_BASE_URL".upper(): each.base_url for each in settings.carriers.values() if each.enabled}
    peers = {**asked, "SMTP_URL": settings.smtp_url, "HEARTBEAT_URL": settings.heartbeat_url}
    peers |= {"TWILIO_BASE_URL": settings.twilio.base_url} if settings.twilio else {}
    return [name for name, url in peers.items() if url and not is_loopback(url)]


def _data_dir(env: Environment) -> Path:
    """Made when missing, for its owner only: it holds the key and people's addresses."""
    path = Path(env.text("WISMO_DATA", default="var")).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        fix = "Name a directory that this user may write to."
        env.complain("WISMO_DATA", found=f"cannot be made ({error.strerror})", fix=fix)
    return path


def _secret_key(env: Environment, data_dir: Path) -> str:
    given = env.text("SECRET_KEY")
    if given and len(given) < SHORTEST:
        fix = f"Write at least {SHORTEST} random characters: openssl rand -hex 32. Or unset it: one is made and kept."
        env.complain("SECRET_KEY", found=f"got {len(given)} characters", fix=fix)
    if given or not data_dir.is_dir():
        return given
    try:
        return kept_key(data_dir)
    except OSError as error:
        env.complain("WISMO_DATA", found=f"the key cannot be kept there ({error.strerror})", fix="Set SECRET_KEY.")
        return ""


def _database_url(env: Environment, data_dir: Path) -> str:
    fix = 'Write "sqlite:////path/file.sqlite3" or "postgresql://user:password@host/name".'
    default = f"sqlite:///{data_dir / 'wismo.sqlite3'}"
    return env.read("DATABASE_URL", _database, default=default, fix=fix, secret=True)


def _database(text: str) -> str:
    """Whatever a platform calls PostgreSQL, the driver is psycopg 3."""
    scheme, colon, rest = text.partition("://")
    if not colon or not rest:
        raise ValueError("no address")
    if scheme == "sqlite":
        if not rest.startswith("/") or rest == "/" or ":memory:" in rest:
            raise ValueError("not a file")  # several processes share it
        return text
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    raise ValueError("another engine")


def _secret_url(env: Environment, name: str, *schemes: str) -> str | None:
    def parse(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.hostname or (parts.scheme == "unix" and parts.path)):
            raise ValueError("not such an address")
        _ = parts.port  # raises ValueError for a port that is none
        return text

    fix = f"Write an address that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}."
    return env.read(name, parse, default="", fix=fix, secret=True) or None


def _web(env: Environment, name: str) -> str:
    fix = 'Write an address such as "https://track.shop.example", without a path.'

    def parse(text: str) -> str:
        address = web_address(text)
        if urlsplit(address).path:
            raise ValueError("a path")
        return address

    return env.read(name, parse, default="", fix=fix)


def _trusted_proxies(env: Environment) -> tuple[IPv4Network | IPv6Network, ...]:
    def parse(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())

    fix = 'Write addresses or networks with commas: "10.0.0.7, 192.168.4.0/24". A star is refused on purpose.'
    return env.read("TRUSTED_PROXIES", parse, default=(), fix=fix)


def _allowlist(env: Environment) -> frozenset[str]:
    def parse(text: str) -> frozenset[str]:
        addresses = frozenset(each.strip().lower() for each in text.split(",") if each.strip())
        if not all("@" in each or each.startswith("+") for each in addresses):
            raise ValueError("neither mail nor phone")
        return addresses

    fix = 'Write addresses with commas: "me@shop.example, +15550100".'
    return env.read("WISMO_SEND_ALLOWLIST", parse, default=frozenset(), fix=fix, secret=True)


def _count(env: Environment, name: str, *, default: int, lowest: int, highest: int) -> int:
    def parse(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError("out of bounds")
        return number

    return env.read(name, parse, default=default, fix=f"Write a whole number from {lowest} to {highest}.")


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError("no port")
    return port


def _sender(text: str) -> str:
    if not re.fullmatch(SENDER, text):
        raise ValueError("not a mail address")
    return text


def _timing(env: Environment) -> Timing:
    """The divisor is for tests of the machinery; see `_must_fit_together`."""
    divisor = _count(env, "WISMO_TIMING_DIVISOR", default=1, lowest=1, highest=100)
    return Timing().scaled(1 / divisor) if divisor > 1 else Timing()


def _warp(env: Environment) -> Warp | None:
    fix = 'Write "shop instant/machine instant/factor", as the demo does, or unset it.'
    return env.read("WISMO_WARP", lambda text: read_warp(text) or None, default=None, fix=fix)
