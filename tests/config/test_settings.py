"""Whether bad settings stop Wismo at once, all named, with a fix and without a secret."""

import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from carriers.events import Milestone
from config import schedule
from config.brands import BrandSettings
from config.keys import kept_key
from config.problems import SettingsError
from config.settings import FOLDER, SendMode, Settings, load
from config.timing import Timing
from config.warp import Warp, is_loopback
from tracker.domain.brands import Brand, Theme
from tracker.domain.cadence import Ladder, Rung
from tracker.domain.judgement import Patience
from tracker.domain.notices import Notice, TellingPolicy

SECRET = "correct-horse-battery-staple-0123456789"
LOCAL_UPS = {"UPS_BASE_URL": "http://127.0.0.1:9", "UPS_CLIENT_ID": "id", "UPS_CLIENT_SECRET": SECRET}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

Load = Callable[..., Settings]


@pytest.fixture
def load_with(tmp_path: Path) -> Load:
    """Settings from these variables and an empty data directory."""
    return lambda **variables: load({"WISMO_DATA": str(tmp_path / "data"), **variables})


TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": SECRET,
    "TWILIO_FROM": "+12025550100",
    "TWILIO_BASE_URL": "http://127.0.0.1:9",
}


def test_twilio_is_set_whole_or_not_at_all(load_with: Load) -> None:
    whole = load_with(**TWILIO).twilio

    assert load_with().twilio is None
    assert whole is not None
    assert whole.sender == "+12025550100"
    assert whole.can_be_answered
    assert SECRET not in repr(whole)


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"])
def test_half_an_account_at_twilio_is_refused_by_name(load_with: Load, missing: str) -> None:
    half = {name: value for name, value in TWILIO.items() if name != missing}

    with pytest.raises(SettingsError, match=f"{missing}: missing") as refused:
        load_with(**half)

    assert SECRET not in str(refused.value)


def test_a_number_beside_a_service_is_refused(load_with: Load) -> None:
    with pytest.raises(SettingsError, match="the service chooses its number itself"):
        load_with(**TWILIO, TWILIO_MESSAGING_SERVICE_SID="MG" + "0" * 32)


def test_what_is_wrong_at_twilio_stands_among_all_that_is_wrong(load_with: Load) -> None:
    wrong = {"TWILIO_ACCOUNT_SID": "AC12", "TWILIO_AUTH_TOKEN": "süß", "TWILIO_FROM": "call me", "PORT": "none"}

    with pytest.raises(SettingsError) as refused:
        load_with(**(TWILIO | wrong | {"TWILIO_FROM": "+1 202"}))

    assert {each.where for each in refused.value.problems} == set(wrong)
    assert "AC12" not in str(refused.value)
    with pytest.raises(SettingsError, match="TWILIO_MESSAGING_SERVICE_SID"):
        load_with(**(TWILIO | {"TWILIO_FROM": "", "TWILIO_MESSAGING_SERVICE_SID": "AC" + "0" * 32}))


def test_no_time_is_warped_while_texts_go_to_twilio(load_with: Load) -> None:
    warp = f"{NOON.isoformat()}/{NOON.isoformat()}/60"
    elsewhere = {name: value for name, value in TWILIO.items() if name != "TWILIO_BASE_URL"}

    assert load_with(**LOCAL_UPS, **TWILIO, WISMO_WARP=warp).warp is not None
    with pytest.raises(SettingsError, match="while TWILIO_BASE_URL is elsewhere"):
        load_with(**LOCAL_UPS, **elsewhere, WISMO_WARP=warp)


def test_a_name_as_sender_cannot_be_answered(load_with: Load) -> None:
    twilio = load_with(**(TWILIO | {"TWILIO_FROM": "Alpenglow"})).twilio

    assert twilio is not None
    assert not twilio.can_be_answered


def test_nothing_set_is_a_safe_start_on_one_machine(load_with: Load, tmp_path: Path) -> None:
    settings = load_with()

    assert settings.send is SendMode.OFF
    assert settings.database_url == f"sqlite:///{tmp_path}/data/wismo.sqlite3"
    assert settings.redis_url is None
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.warp is None
    assert settings.carriers["ups"].why_off == "set UPS_CLIENT_ID and UPS_CLIENT_SECRET to ask ups"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "80a"),
        ("PORT", "65536"),
        ("DATABASE_URL", "mysql://root@host/name"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "http://host"),
        ("REDIS_URL", "redis://host:port"),
        ("SECRET_KEY", "too short"),
        ("PUBLIC_URL", "track.shop.example"),
        ("PUBLIC_URL", "https://shop.example/track"),
        ("SMTP_URL", "mail.example:25"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "A <a@b.example>\nBcc: <c@d.example>"),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("WISMO_SEND", "yes"),
        ("WISMO_SEND_ALLOWLIST", "anna"),
        ("HEARTBEAT_URL", "ping"),
        ("WISMO_LOG", "xml"),
        ("WISMO_RAW_DAYS", "-1"),
        ("WISMO_WORKER_THREADS", "0"),
        ("WISMO_LIVE_PAGES", "10001"),
        ("WISMO_WARP", "fast"),
        ("WISMO_WARP", "2026-03-02T12:00:00/2026-03-02T12:00:00/60"),
        ("WISMO_TIMING_DIVISOR", "0"),
        ("UPS_BASE_URL", "onlinetools"),
    ],
)
def test_a_bad_value_names_its_variable(load_with: Load, variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_with(**{variable: value})

    assert [problem.where for problem in refused.value.problems] == [variable]
    assert refused.value.problems[0].fix.startswith(("Write", "Unset"))


def test_all_problems_are_told_at_once(load_with: Load) -> None:
    with pytest.raises(SettingsError) as refused:
        load_with(PORT="0", WISMO_SEND="yes", UPS_CLIENT_ID="id", REDIS_URL="nowhere")

    told = {problem.where for problem in refused.value.problems}
    assert told == {"PORT", "WISMO_SEND", "UPS_CLIENT_SECRET", "REDIS_URL"}
    assert all(f"{name}: " in str(refused.value) for name in told)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", f"postgresql://wismo:{SECRET}@db.example/wismo"),
        ("REDIS_URL", f"redis://:{SECRET}@queue.example:6379"),
        ("SMTP_URL", f"smtps://wismo:{SECRET}@mail.example"),
        ("SECRET_KEY", SECRET),
        ("HEARTBEAT_URL", f"https://alive.example/{SECRET}"),
    ],
)
def test_a_secret_is_shown_neither_in_the_value_nor_in_an_error(load_with: Load, variable: str, value: str) -> None:
    assert SECRET not in repr(load_with(**{variable: value, **LOCAL_UPS}))

    with pytest.raises(SettingsError) as refused:
        load_with(**{variable: SECRET[:20] + "://", "PORT": "0"})
    assert SECRET[:20] not in str(refused.value)


def test_every_name_of_postgresql_means_the_same_driver(load_with: Load) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert load_with(DATABASE_URL=f"{scheme}://u@h/d").database_url == "postgresql+psycopg://u@h/d"


def test_sending_needs_somewhere_to_send_and_links_that_work(load_with: Load) -> None:
    with pytest.raises(SettingsError) as refused:
        load_with(WISMO_SEND="allowlist")
    assert {each.where for each in refused.value.problems} == {"SMTP_URL", "PUBLIC_URL", "WISMO_SEND_ALLOWLIST"}

    ready = load_with(
        WISMO_SEND="allowlist",
        WISMO_SEND_ALLOWLIST="Me@Shop.example, +15550100",
        SMTP_URL="smtp://mail.example",
        PUBLIC_URL="https://track.shop.example/",
    )
    assert ready.send_allowlist == {"me@shop.example", "+15550100"}
    assert ready.public_url == "https://track.shop.example"


def test_proxies_are_networks(load_with: Load) -> None:
    trusted = load_with(TRUSTED_PROXIES="10.0.0.7, 192.168.4.0/24,::1").trusted_proxies

    assert trusted == (ip_network("10.0.0.7"), ip_network("192.168.4.0/24"), ip_network("::1"))


@pytest.mark.parametrize(
    "peer",
    [
        {"UPS_BASE_URL": "https://onlinetools.ups.com"},
        {"SMTP_URL": "smtp://mail.example:25"},
        {"HEARTBEAT_URL": "https://alive.example/x"},
        {"SMTP_URL": "smtp://localhost.example:25"},
    ],
)
@pytest.mark.parametrize(
    "pace",
    [
        {"WISMO_WARP": str(Warp(shop_from=NOON, machine_from=NOON, factor=60))},
        {"WISMO_TIMING_DIVISOR": "30"},
        {"WISMO_FAULTS": "look_after_claim:kill"},
    ],
)
def test_time_is_bent_and_faults_are_planted_only_among_loopback_peers(
    load_with: Load, peer: dict[str, str], pace: dict[str, str]
) -> None:
    at_home = load_with(**{**LOCAL_UPS, "SMTP_URL": "smtp://localhost:2525", **pace})
    assert at_home.warp or at_home.faults or at_home.timing.lease == timedelta(seconds=2)

    with pytest.raises(SettingsError) as refused:
        load_with(**{**LOCAL_UPS, **peer, **pace})
    assert [each.where for each in refused.value.problems] == list(pace)
    assert next(iter(peer)) in str(refused.value)


def test_a_carrier_that_is_off_is_no_peer(load_with: Load) -> None:
    assert load_with(WISMO_TIMING_DIVISOR="2").timing.lease == timedelta(seconds=30)


def test_shop_time_runs_from_one_agreed_instant(load_with: Load) -> None:
    warp = Warp(shop_from=NOON, machine_from=NOON + timedelta(days=200), factor=60)

    again = load_with(WISMO_WARP=str(warp)).warp

    assert again == warp
    assert again.shop_time(warp.machine_from + timedelta(seconds=90)) == NOON + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:9", True),
        ("http://[::1]/", True),
        ("smtp://localhost", True),
        ("http://10.0.0.1", False),
        ("http://127.0.0.1.shop.example", False),
        ("http://127.0.0.1@shop.example", False),
        ("mail.example", False),
    ],
)
def test_this_machine_is_known_by_its_host_alone(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_the_data_directory_and_its_key_belong_to_one_user(load_with: Load) -> None:
    first = load_with()

    key = first.data_dir / "secret.key"
    assert stat.S_IMODE(first.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(first.secret_key) == 64
    assert load_with().secret_key == first.secret_key
    assert load_with(SECRET_KEY=SECRET).secret_key == SECRET


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with ThreadPoolExecutor(8) as starters:
            keys = set(starters.map(kept_key, [folder] * 8))

        assert len(keys) == 1
        assert [each.name for each in folder.iterdir()] == ["secret.key"]


def test_a_data_directory_that_cannot_be_made_is_a_named_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match="WISMO_DATA: cannot be made"):
        load({"WISMO_DATA": str(tmp_path / "file" / "data")})


@pytest.mark.parametrize(
    ("file", "written", "instead", "where"),
    [
        ("schedule.toml", 'longest = "24h"', "longest = 24", "schedule.toml: looking.longest"),
        ("schedule.toml", 'longest = "24h"', 'longets = "24h"', "schedule.toml: looking.longets"),
        ("schedule.toml", "factor = 5", "factor = 1", "schedule.toml: fuse.factor"),
        ("schedule.toml", "[looking.rungs.lost]", "[looking.rungs.misplaced]", "schedule.toml: looking.rungs.lost"),
        ("schedule.toml", 'error_steps = ["5m"', 'error_steps = ["5 minutes"', "schedule.toml: looking.error_steps"),
        ("schedule.toml", "[fuse]", "[fuse", "schedule.toml"),
        ("brands.toml", "[alpenglow]", "[Alpen_]", "brands.toml: Alpen_"),
        ("brands.toml", "#1f5f4f", "green", "brands.toml: alpenglow.theme.accent"),
        ("brands.toml", "America/Denver", "America/Boulder", "brands.toml: alpenglow.time_zone"),
        ("brands.toml", 'shop_url = "https:', 'shop_url = "javascript:', "brands.toml: alpenglow.shop_url"),
        ("brands.toml", '["in_transit"]', '["in_tansit"]', "brands.toml: volta.silent_notices"),
        ("carriers.toml", "limit = 5000\n", "limit = 0\n", "carriers.toml: ups.quota[1].limit"),
        ("carriers.toml", 'per = "1d"', 'per = "2d"', "carriers.toml: ups.quota[2].per"),
        ("carriers.toml", '"calendar"', '"lunar"', "carriers.toml: ups.quota[2].kind"),
    ],
)
def test_a_bad_line_of_a_file_is_named(
    load_with: Load, tmp_path: Path, *, file: str, written: str, instead: str, where: str
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder, ignore=lambda _, names: [each for each in names if not each.endswith(".toml")])
    text = (folder / file).read_text()
    assert written in text
    (folder / file).write_text(text.replace(written, instead, 1))

    with pytest.raises(SettingsError) as refused:
        load_with(WISMO_CONFIG_DIR=str(folder))

    assert where in [problem.where for problem in refused.value.problems]
    assert all(problem.where.startswith(file) for problem in refused.value.problems)


def test_a_missing_folder_is_three_problems_not_three_hundred(load_with: Load, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_with(WISMO_CONFIG_DIR=str(tmp_path / "nowhere"))

    assert {each.where for each in refused.value.problems} == {"carriers.toml", "brands.toml", "schedule.toml"}
    assert len(refused.value.problems) == 3


def test_a_brand_without_a_sender_uses_mail_from(load_with: Load, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder, ignore=lambda _, names: [each for each in names if not each.endswith(".toml")])
    text = (folder / "brands.toml").read_text()
    (folder / "brands.toml").write_text(text.replace('mail_from = "Volta Audio <orders@volta.example>"\n', ""))

    with pytest.raises(SettingsError, match=r"brands.toml: volta.mail_from: missing"):
        load_with(WISMO_CONFIG_DIR=str(folder))
    volta = load_with(WISMO_CONFIG_DIR=str(folder), MAIL_FROM="Shop <post@shop.example>").brands[1]
    assert volta.mail_from == "Shop <post@shop.example>"


PRODUCT = '[[volta.products]]\ntitle = "Headphones"\nurl = "https://volta.example/h"\npicture = "{}"\n'


def test_a_brand_shows_products_only_when_it_names_some(load_with: Load, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder, ignore=lambda _, names: [each for each in names if not each.endswith(".toml")])
    text = (FOLDER / "brands.toml").read_text()

    def volta(picture: str) -> BrandSettings:
        (folder / "brands.toml").write_text(text + PRODUCT.format(picture))
        return load_with(WISMO_CONFIG_DIR=str(folder)).brands[1]

    assert [each.products for each in load_with().brands] == [(), ()]
    assert [(each.title, each.price, each.picture) for each in volta("h.webp").products] == [
        ("Headphones", "", "h.webp")
    ]
    for elsewhere in ("../secret.png", "https://evil.example/x.png", "h.gif"):
        with pytest.raises(SettingsError, match=r"volta.products\[0\].picture"):
            volta(elsewhere)


def test_the_files_speak_the_rules_own_words() -> None:
    assert {*schedule.STATES, Milestone.UNKNOWN} == set(Milestone)
    assert set(schedule.NOTICES) == set(Notice)


def test_every_value_the_rules_take_stands_in_a_file(load_with: Load) -> None:
    settings = load_with()
    brand, looking = settings.brands[0], settings.schedule.looking

    for needs, given in (
        (Brand, brand),
        (Theme, brand.theme),
        (Ladder, looking),
        (Rung, looking.rungs["none"]),
        (Patience, settings.schedule.patience),
        (TellingPolicy, settings.schedule.telling),
    ):
        missing = {each.name for each in fields(needs)} - {each.name for each in fields(given)}
        assert not missing, f"{needs.__name__} takes {missing}, which no file gives"


def test_quotas_come_with_every_carrier(load_with: Load) -> None:
    for carrier in load_with(**LOCAL_UPS).carriers.values():
        assert carrier.quotas
        assert carrier.enabled == (carrier.name == "ups")
        assert SECRET not in repr(carrier)


@pytest.mark.parametrize(
    "broken",
    [
        {"http_total": timedelta(seconds=45)},
        {"lease": timedelta(seconds=90)},
        {"time_limit": timedelta(seconds=61)},
        {"worker_shutdown": timedelta(seconds=10)},
        {"leader_renew": timedelta(seconds=8)},
        {"sweep": timedelta(seconds=5)},
    ],
)
def test_durations_that_would_open_a_crash_window_are_refused(broken: dict[str, timedelta]) -> None:
    with pytest.raises(ValueError, match="must"):
        Timing(**broken)


def test_scaled_timing_keeps_its_order_and_the_patience_for_locks() -> None:
    fast = Timing().scaled(1 / 30)

    assert fast.http_total == timedelta(seconds=0.5)
    assert fast.http_total < fast.time_limit < fast.lease < fast.reconcile_grace == timedelta(seconds=3)
    assert fast.sqlite_busy == Timing().sqlite_busy
