"""Whether the commands do what they say, refuse what they cannot do, and print data for programs."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import BAD_NEWS, WRONG_USE, Shell
from tracker.shops.csv_columns import COLUMNS

ORDERS = """order,carrier,tracking,email
1001,ups,1Z4WV0303100001373,ada@shopper.example
1002,ups,1Z4WV0303100002747,not an address
"""


def test_an_import_names_the_row_it_left_out_and_takes_the_rest(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)

    result = shell.run("import", str(file), "--brand", "alpenglow")

    assert result.exit_code == 1
    assert "3" in result.stdout
    assert "email" in result.stdout
    assert json.loads(shell.run("track", "1001", "--format", "json").stdout)[0]["carrier"] == "ups"
    assert shell.run("track", "1002").exit_code == 1


def test_a_dry_run_writes_nothing(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)

    shell.run("import", str(file), "--brand", "alpenglow", "--dry-run")

    assert shell.run("track", "1001").exit_code == 1


def test_an_import_tells_a_program_what_it_counted(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)

    report = json.loads(shell.run("import", str(file), "--brand", "alpenglow", "--dry-run", "--format", "json").stdout)

    assert report["orders"] == {"created": 1, "changed": 0, "unchanged": 0}
    assert report["rows"] == {"read": 2, "left_out": 1}
    assert report["messages"] == 0
    assert [(row["line"], row["column"]) for row in report["left_out"]] == [(3, "email")]
    assert any("UPS_CLIENT_ID" in warning for warning in report["warnings"])
    assert report["ignored_columns"] == []


def test_an_import_names_the_columns_it_did_not_read_and_those_it_knows(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order,E-Mail,Gift wrap,,customer,client\n1001,ada@shopper.example,yes,,Ada,Ada Nord\n")
    words = ("import", str(file), "--brand", "alpenglow", "--dry-run")

    said, report = shell.run(*words).stdout, json.loads(shell.run(*words, "--format", "json").stdout)

    assert "Columns not read: Gift wrap, client. Known columns: order, brand, placed_at," in said
    assert report["ignored_columns"] == ["Gift wrap", "client"]
    assert "nobody can be told" not in said


def test_an_import_says_of_how_many_orders_nobody_can_be_told(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order,client\n1001,Ada\n1002,Ben\n")

    said = shell.run("import", str(file), "--brand", "alpenglow", "--dry-run").stdout

    assert "2 order(s): there is no e-mail address and no phone number, so nobody can be told" in said


def test_the_help_of_an_import_and_the_page_about_it_name_every_column(shell: Shell) -> None:
    said = " ".join(shell.run("import", "--help").stdout.replace("│", " ").split())
    page = (Path(__file__).parents[2] / "docs" / "importing.md").read_text()
    rows = [row.split("|") for row in page.splitlines() if row.startswith("| `")]

    assert ", ".join(COLUMNS) in said
    assert [row[1].strip(" `") for row in rows] == list(COLUMNS)
    assert [tuple(row[3].replace("`", "").split()) for row in rows] == [names for _, names in COLUMNS.values()]


def test_a_key_is_shown_once_and_can_be_ended(shell: Shell) -> None:
    key = shell.run("key", "till", "--brand", "alpenglow").stdout.strip()

    assert key.startswith("wismo_")
    assert "Revoked 1" in shell.run("key", "till", "--revoke").stdout
    assert shell.run("key", "till", "--revoke").exit_code == 1


def test_revoked_links_stay_revoked(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    shell.run("import", str(file), "--brand", "alpenglow")

    assert "1 link(s)" in shell.run("revoke", "1001", "--brand", "alpenglow").stdout
    assert "0 link(s)" in shell.run("revoke", "1001", "--brand", "alpenglow").stdout
    assert shell.run("revoke", "1001", "--brand", "volta").exit_code == 1
    assert "0 link(s)" in shell.run("revoke", "1001").stdout  # only one brand has that number
    shell.run("import", str(file), "--brand", "volta")
    assert shell.run("revoke", "1001").exit_code == 2


def test_what_is_paused_can_be_resumed_once(shell: Shell) -> None:
    shell.run("pause", "--brand", "volta")

    assert shell.run("resume", "--brand", "volta").exit_code == 0
    assert shell.run("resume", "--brand", "volta").exit_code == 1


def test_a_backup_comes_back_on_hold(shell: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zst"
    shell.run("key", "till", "--brand", "alpenglow")

    saved = shell.run("backup", str(copy))
    other = Shell(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3"})
    restored = other.run("restore", str(copy))

    assert (saved.exit_code, restored.exit_code) == (0, 0)
    assert "on hold" in other.run("doctor").stdout
    assert other.run("resume").exit_code == 0
    assert "on hold" not in other.run("doctor").stdout


def test_a_restore_into_a_used_database_is_refused(shell: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zst"
    shell.run("key", "till", "--brand", "alpenglow")
    shell.run("backup", str(copy))

    assert shell.run("restore", str(copy)).exit_code == WRONG_USE


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("key", "x"), "--brand"),
        (("key", "x", "--brand", "nobody"), "Known: alpenglow"),
        (("import", "missing.csv", "--brand", "alpenglow"), "Name a CSV file"),
        (("pause", "--notice", "birthday"), "Known: confirmed"),
        (("pause", "--brand", "nobody"), "Known: alpenglow"),
        (("resume", "--channel", "fax"), "Known: email"),
        (("worker", "--queue", "post"), "looks or dispatch"),
        (("poll", "pigeon"), "off or unknown"),
        (("restore", "missing.zst"), "Name one written by"),
        (("demo", "--check", "--only", "fairy-tale"), "names them all"),
    ],
)
def test_wrong_use_says_what_would_be_right(shell: Shell, words: tuple[str, ...], fix: str) -> None:
    result = shell.run(*words)

    assert result.exit_code == WRONG_USE
    assert fix in result.stderr


def test_settings_that_do_not_fit_are_sentences_and_no_secret(tmp_path: Path) -> None:
    broken = Shell(tmp_path, {"PORT": "99999", "SMTP_URL": "gopher://user:hunter2@host"})

    said = broken.wrong_settings("migrate")

    assert "PORT" in said
    assert "SMTP_URL" in said
    assert "hunter2" not in said


def test_what_is_missing_outside_is_a_sentence_and_no_trace(bare: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert bare.main("track", "1001") == BAD_NEWS

    said = capsys.readouterr().err
    assert "wismo migrate" in said
    assert len(said.splitlines()) == 1
