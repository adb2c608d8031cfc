"""Whether people get into the console by the command line, and out of it."""

import json

import pytest
from typer.testing import CliRunner

from tests.cli.shell import BAD_NEWS, WRONG_USE, Shell
from tracker.cli.main import cli
from tracker.store import admins, passwords
from tracker.store.unit import open_store

PASSWORD = "correct horse battery"


def typed(shell: Shell, name: str, password: str) -> int:
    told = {"WISMO_DATA": str(shell.home), **shell.variables}
    return CliRunner().invoke(cli, ["admin", "create", name], input=f"{password}\n", env=told).exit_code


def kept(shell: Shell, name: str) -> str:
    store = open_store(shell.variables["DATABASE_URL"], secret=b"no matter which, but long")
    with store.read() as snapshot:
        found = admins.password_hash(snapshot.connection, name)
    store.close()
    assert found
    return found[1]


def test_a_password_from_standard_input_is_kept_as_argon2(shell: Shell) -> None:
    assert typed(shell, "ada", PASSWORD) == 0

    assert kept(shell, "ada").startswith("$argon2id$")
    assert passwords.fits(kept(shell, "ada"), PASSWORD)
    assert not passwords.fits(kept(shell, "ada"), PASSWORD + " ")


def test_a_generated_password_is_printed_once_and_works(shell: Shell) -> None:
    said = shell.run("admin", "create", "ada", "--generate").stdout.strip()

    assert len(said) == 24
    assert passwords.fits(kept(shell, "ada"), said)


def test_who_may_log_in_can_be_listed_and_removed(shell: Shell) -> None:
    assert json.loads(shell.run("admin", "list", "--format", "json").stdout) == []
    shell.run("admin", "create", "ada", "--generate")
    shell.run("admin", "create", "bob", "--generate")

    assert shell.run("admin", "remove", "ada").exit_code == 0

    assert [row["name"] for row in json.loads(shell.run("admin", "list", "--format", "json").stdout)] == ["bob"]
    assert shell.run("admin", "remove", "ada").exit_code == BAD_NEWS


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "short"), ("ada", "x" * 201), (" ada", PASSWORD), ("", PASSWORD)]
)
def test_what_cannot_be_used_is_refused(shell: Shell, name: str, password: str) -> None:
    assert typed(shell, name, password) == WRONG_USE
    assert json.loads(shell.run("admin", "list", "--format", "json").stdout) == []
