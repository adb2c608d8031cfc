"""Whether `wismo stuck` shows the queue: sentences for people, rows for programs, and an exit code for scripts."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.shell import BAD_NEWS, WRONG_USE, Shell
from tests.troubles import fill
from tracker import desk
from tracker.domain.problems import StuckReason
from tracker.store.unit import open_store


@pytest.fixture
def troubled(tmp_path: Path, migrated_sqlite_url: str) -> Shell:
    """Everything has gone wrong."""
    secret = "of these tests, and long enough for them"
    store = open_store(migrated_sqlite_url, secret=secret.encode())
    fill(store, datetime.now(UTC))
    store.close()
    return Shell(tmp_path, {"DATABASE_URL": migrated_sqlite_url, "SECRET_KEY": secret, "COLUMNS": "80"})


def test_nothing_stuck_is_good_news_in_every_form(shell: Shell) -> None:
    assert shell.run("stuck").exit_code == 0
    assert "Nothing is stuck" in shell.run("stuck").stdout
    assert json.loads(shell.run("stuck", "--format", "json").stdout) == []
    assert shell.run("stuck", "--format", "csv").stdout.count("\n") == 1


def test_what_is_stuck_is_bad_news_and_every_reason_has_its_sentences(troubled: Shell) -> None:
    result = troubled.run("stuck", "--format", "json")

    rows = json.loads(result.stdout)
    assert result.exit_code == BAD_NEWS
    assert {row["reason"] for row in rows} == set(StuckReason)
    assert all(row["why"] and row["normal"] and row["todo"] and row["page_url"] for row in rows)
    assert Counter(row["failing"] for row in rows if row["reason"] == "cannot_ask") == Counter(
        ["down", "refused", "unreadable", "busy"]
    )
    assert len({row["why"].split(" since ")[0] for row in rows if row["reason"] == "cannot_ask"}) == 4
    assert [row["severity"] for row in rows] == sorted((row["severity"] for row in rows), reverse=True)


def test_a_person_reads_it_on_eighty_columns(troubled: Shell) -> None:
    said = troubled.run("stuck").stdout

    assert max(map(len, said.splitlines())) <= 80
    assert "2026/103" in said
    assert "Customs has held it since" in said
    assert "Past promise" in said  # the lesser of its problems
    assert "shown." in said


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("--reason", "lost", "--reason", "returning"), {"2026/101", "2026/105"}),
        (("--reason", "past_promise"), {"2026/103", "2026/109"}),
        (("--milestone", "none"), {"=2026/111"}),
        (("--milestone", "label_created", "--brand", "volta"), {"2026/110"}),
        (("--older-than", "3d"), {"2026/103", "2026/110"}),
        (("--sort", "since", "--limit", "1"), {"2026/110"}),
    ],
)
def test_filters_narrow(troubled: Shell, words: tuple[str, ...], numbers: set[str]) -> None:
    rows = json.loads(troubled.run("stuck", *words, "--format", "json").stdout)

    assert {row["order"] for row in rows} == numbers


def test_a_spreadsheet_shows_text_and_runs_none(troubled: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(troubled.run("stuck", "--format", "csv").stdout)))

    assert tuple(rows[0]) == desk.COLUMNS
    assert "'=2026/111" in {row["order"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("--carrier", "pigeon"), "Known: "),
        (("--brand", "nobody"), "Known: "),
        (("--milestone", "flying"), "Known: none"),
        (("--older-than", "2 days"), '"2d"'),
        (("--reason", "boredom"), "lost"),
        (("--limit", "0"), "Invalid value"),
    ],
)
def test_wrong_use_says_what_would_be_right(shell: Shell, words: tuple[str, ...], fix: str) -> None:
    result = shell.run("stuck", *words)

    assert result.exit_code == WRONG_USE
    assert fix in result.stderr
