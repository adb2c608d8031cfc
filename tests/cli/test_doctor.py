"""Whether the doctor finds what is wrong, says how to mend it, and does not call "off" bad."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import Sandbox
from config.settings import FOLDER
from notifiers.message import Handover, Verdict
from notifiers.receipts import Keyword
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN
from notifiers.sandbox.mailbox import Mailbox
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER
from tests.cli.shell import WRONG_USE, Shell
from tests.servers import held_port
from tests.store.builders import BOOT, SECRET, an_order
from tests.store.test_inbox import a_reply, sending
from tracker.demo.tale import STARTS_AT
from tracker.store.inbox import SqlInbox
from tracker.store.unit import open_store


def findings(shell: Shell) -> dict[str, tuple[str, str]]:
    rows = json.loads(shell.run("doctor", "--format", "json").stdout)
    return {row["part"]: (row["health"], row["finding"] + row["fix"]) for row in rows}


def test_a_bare_installation_is_off_and_not_ill(shell: Shell) -> None:
    result = shell.run("doctor")

    assert result.exit_code == 0
    assert findings(shell)["carrier ups"][0] == "off"


def test_a_missing_migration_is_named(bare: Shell) -> None:
    assert bare.run("doctor").exit_code == 1
    assert "wismo migrate" in findings(bare)["database"][1]


@pytest.fixture
def unpictured(shell: Shell, tmp_path: Path) -> Shell:
    """A shop that names a picture which it does not have."""
    for name in ("brands.toml", "carriers.toml", "schedule.toml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    with (tmp_path / "brands.toml").open("a") as brands:
        brands.write('[[volta.products]]\ntitle = "A"\nurl = "https://volta.example/a"\npicture = "nowhere.webp"\n')
    return Shell(shell.home, {**shell.variables, "WISMO_CONFIG_DIR": str(tmp_path)})


def test_a_picture_that_cannot_be_shown_is_one_finding_and_everything_but_the_web_goes_on(
    shell: Shell, unpictured: Shell
) -> None:
    well, found = findings(shell), findings(unpictured)

    assert well.pop("pictures")[0] == "ok"
    health, says = found.pop("pictures of volta")
    assert health == "bad"
    assert "brands/volta/nowhere.webp cannot be read (No such file or directory). Put it there" in says
    assert found.keys() == well.keys()
    assert unpictured.run("pause", "--reason", "wrong picture").exit_code == 0


@pytest.mark.parametrize("command", ["web", "up"])
def test_what_shows_pages_does_not_start_with_a_picture_that_cannot_be_shown(
    unpictured: Shell, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with held_port() as port:
        code = Shell(unpictured.home, {**unpictured.variables, "PORT": str(port)}).main(command)

    assert code == WRONG_USE
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "brands/volta/nowhere.webp cannot be read" in sentence


@pytest.mark.parametrize("command", ["web", "up"])
def test_what_shows_pages_does_not_start_with_a_colour_nobody_can_read(
    unpictured: Shell, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (FOLDER / "brands.toml").read_text()
    (tmp_path / "brands.toml").write_text(re.sub(r'(?m)^ink = "[^"]+"', 'ink = "#cccccc"', whole, count=1))

    with held_port() as port:
        code = Shell(unpictured.home, {**unpictured.variables, "PORT": str(port)}).main(command)

    assert code == WRONG_USE
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "ink #cccccc on paper" in sentence
    assert "would pass" in sentence


def test_peers_that_answer_are_well(shell: Shell, tmp_path: Path) -> None:
    with Sandbox(clock=SetClock(STARTS_AT)) as carrier, Mailbox(tmp_path / "ledger") as mailbox:
        peers = {
            **shell.variables,
            "SMTP_URL": mailbox.smtp_url,
            "UPS_BASE_URL": carrier.url,
            "UPS_CLIENT_ID": "sandbox-client",
            "UPS_CLIENT_SECRET": "sandbox-secret",
        }
        found = findings(Shell(shell.home, peers))
        wrong = findings(Shell(shell.home, {**peers, "UPS_CLIENT_SECRET": "not the secret at all"}))

    assert found["carrier ups"][0] == found["mail server"][0] == "ok"
    assert wrong["carrier ups"][0] == "bad"
    assert "credentials" in wrong["carrier ups"][1]


def test_the_account_for_texts_is_tried(shell: Shell, tmp_path: Path) -> None:
    with Phone(tmp_path / "texts") as phone:
        ours = {
            **shell.variables,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_FROM": WORKING_SENDER,
            "TWILIO_BASE_URL": phone.url,
        }
        off, well = findings(shell)["texts"], findings(Shell(shell.home, ours))["texts"]
        wrong = findings(Shell(shell.home, {**ours, "TWILIO_AUTH_TOKEN": "another"}))["texts"]

    assert (off[0], well[0], wrong[0]) == ("off", "ok", "bad")
    assert "TWILIO_AUTH_TOKEN" in wrong[1]


def test_what_a_person_should_read_or_look_up_of_texts_is_named(shell: Shell) -> None:
    store = open_store(shell.variables["DATABASE_URL"], secret=SECRET)
    posted = a_reply(Keyword.STOP, "SMguess", needs_review=True)
    SqlInbox(store).keep(posted, machine_now=datetime.now(UTC))
    ours = Shell(shell.home, {**shell.variables, "SECRET_KEY": SECRET.decode()})
    for code in ("30999", "30007", "reset_after_request"):
        _, claimed = sending(store, provider="twilio")
        handover = Handover(verdict=Verdict.REJECT, code=code)
        store.outbox.finish(claimed, 1, handover, machine_now=BOOT, retry_machine_at=None)

    found, lost = findings(ours), findings(shell)

    assert "SMguess" in found["answers"][1]
    assert lost["answers"][0] == "bad"
    assert found.get("secret key", ("ok", ""))[0] == "ok"
    assert lost["secret key"][0] == "bad"
    assert "Set the SECRET_KEY of before" in lost["secret key"][1]
    assert "1 attempts of seven days with code 30999" in found["text codes"][1]


def test_peers_that_do_not_answer_are_bad(shell: Shell) -> None:
    with held_port() as port:
        nobody = {
            **shell.variables,
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "UPS_BASE_URL": f"http://127.0.0.1:{port}",
            "UPS_CLIENT_ID": "a",
            "UPS_CLIENT_SECRET": "b",
        }
        found = findings(Shell(shell.home, nobody))

    assert {found[part][0] for part in ("mail server", "queue", "carrier ups")} == {"bad"}


def test_a_quota_too_small_for_the_open_parcels_is_named_with_what_it_means(shell: Shell) -> None:
    dhl = {**shell.variables, "DHL_API_KEY": "a", "DHL_BASE_URL": "http://127.0.0.1:9"}
    store = open_store(shell.variables["DATABASE_URL"], secret=SECRET)
    for parcels, expected in ((5, None), (95, "off"), (900, "bad")):
        with store.write() as unit:
            order = an_order(parcels=parcels)
            parcels_of = tuple(replace(each, carrier="dhl") for each in order.shipments)
            unit.add_order(replace(order, shipments=parcels_of), body_sha256="0" * 64)

        health, told = findings(Shell(shell.home, dhl)).get("quota dhl", (None, ""))

        assert health == expected
    store.close()

    assert told.startswith("250 calls a day for 1,000 open parcels")
    assert "each is asked about every 4.0 days" in told
    assert "raise its quota" in told
