"""The mailbox as a witness: what it answered with 250 is in its ledger, whatever happens to it."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifiers.message import Verdict
from notifiers.sandbox.ledger import Ledger
from notifiers.sandbox.mailbox import Mailbox
from notifiers.smtp.notifier import SmtpNotifier
from tests.notifiers.letters import a_message
from tests.servers import PATIENCE, answers, until

Spawn = Callable[[], tuple[subprocess.Popen[str], dict[str, int]]]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "mails.jsonl"


@pytest.fixture
def spawn(ledger: Path) -> Iterator[Spawn]:
    """Starts the mailbox as a process of its own, always on the same ledger."""
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], dict[str, int]]:
        command = [sys.executable, "-m", "notifiers.sandbox", "--ledger", str(ledger)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_every_mail_answered_with_250_survives_the_mailbox_being_killed(spawn: Spawn, ledger: Path) -> None:
    process, ports = spawn()
    accepted: list[str] = []

    def keep_sending() -> None:
        with closing(SmtpNotifier(f"smtp://127.0.0.1:{ports['smtp_port']}")) as smtp:
            for number in range(10_000):
                message_id = f"<{threading.get_ident()}.{number}@mail.bluekettle.example>"
                if smtp.send(a_message(message_id=message_id)).verdict is not Verdict.ACCEPTED:
                    return
                accepted.append(message_id)

    senders = [threading.Thread(target=keep_sending) for _ in range(3)]
    for sender in senders:
        sender.start()
    until(lambda: len(accepted) > 60)
    process.send_signal(signal.SIGKILL)
    for sender in senders:
        sender.join()

    with closing(Ledger(ledger)) as kept:
        assert {mail.message_id for mail in kept.mails()} >= set(accepted)


def test_after_a_restart_the_ledger_goes_on(spawn: Spawn, ledger: Path) -> None:
    first, ports = spawn()
    _send(ports["smtp_port"], message_id="<1@a.example>")
    first.kill()
    first.wait()
    with ledger.open("ab") as torn:
        torn.write(b'{"id": 2, "message_id": "<half@a.')

    _, ports = spawn()
    _send(ports["smtp_port"], message_id="<2@a.example>")

    listed = httpx.get(f"http://127.0.0.1:{ports['http_port']}/_sandbox/mails").json()
    assert [(mail["id"], mail["message_id"]) for mail in listed] == [(1, "<1@a.example>"), (2, "<2@a.example>")]


def test_a_terminated_mailbox_ends_cleanly(spawn: Spawn) -> None:
    process, ports = spawn()

    process.terminate()

    assert process.wait(PATIENCE.total_seconds()) == 0
    assert not answers(ports["smtp_port"])


def test_the_mailbox_does_not_outlive_its_parent(ledger: Path) -> None:
    parent = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-m', 'notifiers.sandbox', '--ledger', {str(ledger)!r}],"
        " stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = json.loads(process.stdout.readline())
        process.kill()

    until(lambda: not answers(child["smtp_port"]), what="the mailbox to go")
    until(lambda: not _lives(child["pid"]), what="its process to go")


def test_programs_read_each_mail_taken_apart(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    for number in (1, 2, 3):
        smtp.send(a_message(subject=f"Zustellung {number} für Ada", ref=f"n{number}"))

    listed = httpx.get(f"{mailbox.url}/_sandbox/mails?after=1").json()

    assert [(mail["id"], mail["subject"], mail["ref"]) for mail in listed] == [
        (2, "Zustellung 2 für Ada", "n2"),
        (3, "Zustellung 3 für Ada", "n3"),
    ]
    assert listed[0]["text"].startswith("Hello Ada,\n\nyour order")
    assert "on its way.</p>" in listed[0]["html"]
    assert ["Auto-Submitted", "auto-generated"] in listed[0]["headers"]
    assert httpx.get(f"{mailbox.url}/_sandbox/mails/3").json()["ref"] == "n3"


def test_people_read_the_newest_mail_first_and_open_it(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    smtp.send(a_message(subject="First"))
    smtp.send(a_message(subject="Second <b>"))

    listing = httpx.get(mailbox.url).text
    mail = httpx.get(f"{mailbox.url}/mails/2").text

    assert listing.index("Second &lt;b&gt;") < listing.index("First")
    assert "Second &lt;b&gt;" in mail
    assert 'src="/mails/2/html"' in mail
    assert "your order is on its way." in mail
    assert httpx.get(f"{mailbox.url}/mails/2/raw").content == mailbox.ledger.raw(mailbox.mails()[1])


def test_a_hostile_mail_can_run_nothing_and_fetch_nothing(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    smtp.send(a_message(subject="<script>x</script>", text="</pre><script>x</script>", html="<script>x</script>"))

    page, framed = (httpx.get(f"{mailbox.url}/mails/1{part}") for part in ("", "/html"))

    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "sandbox allow-popups " in framed.headers["Content-Security-Policy"]
    assert "script-src" not in framed.headers["Content-Security-Policy"]
    for response in (page, framed):
        assert "http://" not in response.text.replace("http://127.0.0.1", "")


@pytest.mark.parametrize(
    "fault",
    [
        {"stage": "nowhere", "action": "drop"},
        {"stage": "end"},
        {"kind": "unheard of"},
        {"stage": "end", "action": "drop", "colour": 1},
        "text",
        7,
    ],
)
def test_a_fault_nobody_understands_is_refused(mailbox: Mailbox, fault: Any) -> None:
    response = httpx.post(f"{mailbox.url}/_sandbox/faults", json=fault)

    assert response.status_code == 400
    assert response.json()["error"]


def test_faults_come_over_http_and_go_away_again(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    fault = {"stage": "rcpt", "action": "reply", "code": 550, "text": "5.2.1 gone", "count": None}
    httpx.post(f"{mailbox.url}/_sandbox/faults", json=fault).raise_for_status()
    before = smtp.send(a_message()).verdict
    httpx.delete(f"{mailbox.url}/_sandbox/faults").raise_for_status()
    after = smtp.send(a_message()).verdict
    httpx.post(f"{mailbox.url}/_sandbox/reset").raise_for_status()

    assert (before, after, mailbox.mails()) == (Verdict.SUPPRESS, Verdict.ACCEPTED, [])


def test_the_door_can_be_closed_and_opened(mailbox: Mailbox, smtp: SmtpNotifier) -> None:
    httpx.post(f"{mailbox.url}/_sandbox/door", json={"open": False}).raise_for_status()
    closed = smtp.send(a_message()).code
    httpx.post(f"{mailbox.url}/_sandbox/door", json={"open": True}).raise_for_status()

    assert (closed, smtp.send(a_message()).verdict) == ("refused_at_connect", Verdict.ACCEPTED)


def _send(port: int, *, message_id: str) -> None:
    with closing(SmtpNotifier(f"smtp://127.0.0.1:{port}")) as smtp:
        assert smtp.send(a_message(message_id=message_id)).verdict is Verdict.ACCEPTED


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
