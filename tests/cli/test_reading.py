"""Whether `wismo read` says what a saved answer means, and admits what it cannot read."""

import json
from pathlib import Path

import pytest

from carriers.registry import READ
from tests.cli.shell import BAD_NEWS, WRONG_USE, Shell

FIXTURES = Path(__file__).parents[1] / "carriers" / "fixtures" / "ups"


def test_a_saved_answer_becomes_the_public_shape(bare: Shell) -> None:
    files = sorted(FIXTURES.glob("*delivered*.json"))

    answer = json.loads(bare.run("read", "ups", str(files[0]), "--format", "json").stdout)

    assert answer["outcome"] == "news"
    (shipment,) = answer["shipments"]
    assert set(shipment) == {"tracking_number", "milestone", "reason", "window", "events"}
    assert shipment["milestone"] == "delivered"
    assert set(shipment["events"][0]) == {"occurred_at", "milestone", "reason", "code", "text", "place"}


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        (b"<html>Unauthorized</html>", 401, "refused"),
        (b'{"response":{"errors":[{"code":"10429","message":"Too Many Requests"}]}}', 429, "busy"),
        (b"", 503, "down"),
        (b"half an ans", 200, "unreadable"),
    ],
)
def test_an_answer_without_scans_has_its_own_outcome(
    bare: Shell, tmp_path: Path, body: bytes, status: int, outcome: str
) -> None:
    file = tmp_path / "answer"
    file.write_bytes(body)

    result = bare.run("read", "ups", str(file), "--http-status", str(status), "--format", "json")

    assert json.loads(result.stdout) == {"outcome": outcome, "shipments": []}
    assert result.exit_code == BAD_NEWS


def test_a_person_reads_a_table(bare: Shell) -> None:
    files = sorted(FIXTURES.glob("*delivered*.json"))

    result = bare.run("read", "ups", str(files[0]))

    assert "outcome: news" in result.stdout
    assert "delivered" in result.stdout
    assert result.exit_code == 0


def test_an_empty_file_is_bad_news_for_a_person_too(bare: Shell) -> None:
    result = bare.run("read", "ups", "/dev/null")

    assert "outcome: unreadable" in result.stdout
    assert result.exit_code == BAD_NEWS


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("read", "pigeon", "x"), f"Known: {', '.join(sorted(READ))}"),
        (("read", "ups", "no-such-file"), "Name a saved answer"),
    ],
)
def test_wrong_use_says_what_would_be_right(bare: Shell, words: tuple[str, ...], fix: str) -> None:
    result = bare.run(*words)

    assert result.exit_code == WRONG_USE
    assert fix in result.stderr


def test_its_help_names_every_carrier_that_can_be_read(bare: Shell) -> None:
    said = bare.run("read", "--help").stdout

    assert all(carrier in said for carrier in READ)
