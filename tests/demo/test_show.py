"""Whether one command brings a stranger from nothing to a delivered order, and Ctrl-C ends it cleanly."""

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from config.settings import load
from tests.servers import until
from tracker.demo.show import without_limits
from tracker.demo.stage import environment

PATIENCE = timedelta(minutes=3)
LOCAL, LOCAL_MAIL = "http://127.0.0.1:9", "smtp://127.0.0.1:9"


@contextmanager
def demo() -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """`wismo demo`, five times as fast as people get it, and what it has said so far."""
    command = [sys.executable, "-m", "tracker", "demo", "--speed", "100"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, []
        finally:
            process.kill()


def read_until(process: "subprocess.Popen[str]", said: list[str], wanted: str) -> str:
    """The first line with these words; the process's own end is an answer too."""
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if wanted in line:
            return line
    raise AssertionError(f"it ended without saying {wanted!r}: {said[-5:]}")


def read(address: str) -> bytes:
    """A page that is there; any other status is raised."""
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


def test_a_stranger_sees_an_order_delivered_its_page_and_its_mails() -> None:
    with demo() as (process, said):
        mailbox = re.findall(r"http://\S+", read_until(process, said, "the mails"))[0]
        page = re.findall(r"http://\S+/t/\S+", read_until(process, said, "/t/"))[0]
        read_until(process, said, "first order delivered")

        assert b"<h1" in read(page)
        until(lambda: b"Delivered: order" in read(mailbox), PATIENCE, what="its last mail")
        process.send_signal(signal.SIGINT)
        assert until(lambda: process.poll() is not None, PATIENCE, what="a clean stop")
        assert process.returncode == 0


def test_no_limit_of_the_walls_hours_ends_the_flying_days(tmp_path: Path) -> None:
    told = environment(
        carrier_url=LOCAL, smtp_url=LOCAL_MAIL, phone_url=LOCAL, data=tmp_path / "data", public_url=LOCAL
    )

    settings = load(told | {"WISMO_CONFIG_DIR": str(without_limits(tmp_path))})

    assert not any(each.quotas for each in settings.carriers.values())
    assert settings.schedule.fuse.floor > 10_000
