"""A data directory has one `wismo up`, and none once that has died; a port has one server."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import WRONG_USE, Shell
from tests.servers import held_port
from tracker.jobs.sole import LOCK, AlreadyUp, holding

HOLD = """
import sys, time
from pathlib import Path
from tracker.jobs.sole import holding
with holding(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(120)
"""


def test_a_second_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        with pytest.raises(AlreadyUp, match=f"process {first.pid}"), holding(tmp_path):
            pass
        with held_port() as port:
            refused = Shell(tmp_path, {"PORT": str(port)}).run("up")

        assert refused.exit_code == WRONG_USE
        assert f"is up on {tmp_path} already (process {first.pid})" in refused.stderr
        first.kill()


@pytest.mark.parametrize("command", ["web", "up"])
def test_a_port_that_somebody_serves_is_refused_by_name(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as server:
        port = server.getsockname()[1]
        refused = Shell(tmp_path, {"PORT": str(port)}).run(command)

    assert refused.exit_code == WRONG_USE
    assert f"Port {port} is taken, perhaps by another Wismo: stop that one, or set PORT" in refused.stderr


def test_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        first.kill()
        first.wait()

    for _ in range(2):
        with holding(tmp_path):
            assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"


def holder(folder: Path) -> "subprocess.Popen[str]":
    """A process that holds the folder until it is killed."""
    popen = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert popen.stdout is not None
    assert popen.stdout.readline() == "held\n"
    return popen
