"""Whether the servers and guards the other tests lean on can be leaned on."""

import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from tests.network import Guard, Reach, ReachedOut
from tests.servers import Postgres, Valkey, answers, held_port, until


def test_each_test_gets_an_empty_database_of_both_engines(database_url: str) -> None:
    engine = create_engine(database_url)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (n INTEGER)"))  # fails if another test's table were still there
        connection.execute(text("INSERT INTO seen VALUES (1)"))
        rows = connection.execute(text("SELECT n FROM seen")).scalars().all()
    engine.dispose()

    assert rows == [1]


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_gets_all_tables_and_no_rows(migrated_url: str, run: int) -> None:
    engine = create_engine(migrated_url)

    with engine.begin() as connection:
        rows = connection.execute(text("SELECT count(*) FROM leases")).scalar_one()
        connection.execute(text("DROP TABLE alembic_version"))  # fails in the second run if the first one's were shared
    engine.dispose()

    assert rows == 0


def test_postgres_is_version_18_and_copies_a_template(postgres: Postgres) -> None:
    template = postgres.create()
    with psycopg.connect(postgres.url(template).replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE made_once (n integer)")
        version = connection.info.server_version

    copy = postgres.create(template=template)

    with psycopg.connect(postgres.url(copy).replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM made_once").fetchone() == (0,)
    assert version // 10_000 == 18
    postgres.drop(copy)
    postgres.drop(template)


def test_postgres_dies_with_a_killed_test_run(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = (
        "import os, signal, sys\nfrom tests.servers import running_postgres\n"
        "with running_postgres() as server:\n"
        "    open(sys.argv[1], 'w').write(f'{server.postmaster_pid} {server.socket_dir}')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    subprocess.run([sys.executable, "-c", script, str(told)], check=False, timeout=240)

    pid, directory = told.read_text().split()
    until(lambda: not psutil.pid_exists(int(pid)), what="PostgreSQL to be gone")
    until(lambda: not Path(directory).exists(), what="its directory to be gone")


def test_valkey_can_be_killed_and_comes_back_on_the_same_socket(valkey: Valkey) -> None:
    with valkey.client() as client:
        client.set("rung", "1")
        valkey.kill()
        with pytest.raises(redis.ConnectionError):
            client.get("rung")

        valkey.start()

        assert client.ping()
    assert len(str(valkey.socket_path)) < 108


def test_a_frozen_valkey_answers_nothing_until_it_thaws(valkey: Valkey) -> None:
    impatient = valkey.client(timeout=timedelta(milliseconds=100))

    with valkey.frozen(), pytest.raises(redis.TimeoutError):
        impatient.ping()
    impatient.close()

    assert until(valkey.is_running)


def test_the_shared_valkey_is_empty_for_each_test(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_waiting_ends_with_a_sentence_that_says_what_did_not_happen() -> None:
    with pytest.raises(AssertionError, match="for the moon: still 0"):
        until(lambda: 0, timedelta(milliseconds=1), what="the moon")


def test_a_held_port_has_nobody_listening_and_is_given_to_nobody_else() -> None:
    with held_port() as port:
        assert not answers(port)
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("0.0.0.0", 0)])
def test_sockets_leave_this_machine_from_no_test(address: tuple[str, int], guard: Guard) -> None:
    with socket.socket() as probe, pytest.raises(ReachedOut):
        probe.connect(address)

    with pytest.raises(ReachedOut):
        socket.getaddrinfo("shop.example", 443)
    assert len(guard.refused) == 2
    guard.refused.clear()


def test_a_pure_room_cannot_even_make_a_socket(guard: Guard) -> None:
    with guard.limited_to(Reach.NOWHERE), pytest.raises(ReachedOut):
        socket.socket()
    guard.refused.clear()


def test_a_swallowed_refusal_still_fails_the_test(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.conftest import *\nimport tests.conftest, pathlib\n"
        "tests.conftest.ROOT = pathlib.Path(__file__).parent\n"
    )
    (tmp_path / "test_swallows.py").write_text(
        "import socket\ndef test_it():\n    try:\n        socket.create_connection(('192.0.2.1', 80), 1)\n"
        "    except BaseException:\n        pass\n    assert True\n"
    )

    ran = _pytest(tmp_path)

    assert "reached out: " in ran.stdout, ran.stdout
    assert ran.returncode == 1


@pytest.mark.parametrize(
    ("required", "code", "said"),
    [
        ("1", 1, "WISMO_REQUIRE_BROWSER=1"),
        ("", 0, "WARNING: 1 browser tests did NOT run"),
    ],
)
def test_a_missing_browser_is_never_silent(tmp_path: Path, required: str, code: int, said: str) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.conftest import *\nimport tests.conftest, pathlib\n"
        "tests.conftest.ROOT = pathlib.Path(__file__).parent\n"
        "tests.conftest.CHROMIUM = None\n"
    )
    (tmp_path / "test_page.py").write_text("import pytest\n@pytest.mark.browser\ndef test_it():\n    assert True\n")

    ran = _pytest(tmp_path, WISMO_REQUIRE_BROWSER=required)

    assert said in ran.stdout, ran.stdout
    assert ran.returncode == code


def _pytest(folder: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    config = Path(__file__).parents[1] / "pyproject.toml"
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(config), "--rootdir", str(folder), str(folder)],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
