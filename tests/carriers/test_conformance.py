"""The judge of saved answers can be asked about any folder, and says wrong when it is wrong."""

import shutil
from pathlib import Path

import pytest

from carriers.registry import READ
from tests import conformance
from tests.carriers.ups_answers import FIXTURES
from tests.speaking import SPEAKS

TRUE = {
    "delivered.json": "delivered\t",
    "customs.json": "in_transit\t",
    "short.json": "delivered\t",
    "older.json": "delivered\t",
    "returned.json": "delayed\treturned",
    "not_found.json": "not_found\t",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in the shape of CARRIER_SAMPLES."""
    shutil.copytree(FIXTURES, tmp_path / "some" / "ups")
    (tmp_path / "some" / "ups" / "webhook.json").write_text('{"trackingNumber": "1Z", "activityStatus": {}}')
    (tmp_path / "pigeon").mkdir()
    (tmp_path / "pigeon" / "track.json").write_text('{"output": {"completeTrackResults": []}}')
    _say(tmp_path, TRUE)
    return tmp_path


def _say(folder: Path, expected: dict[str, str]) -> None:
    lines = [f"some/ups/{name}\t{pair}" for name, pair in expected.items()]
    lines += [
        "some/ups/webhook.json\tdelivered\t",
        "pigeon/track.json\tin_transit\t",
        "some/ups/gone.json\tdelivered\t",
    ]
    (folder / "SOURCES.tsv").write_text("\n".join(["file\texpected_state\texpected_sub_state", *lines, ""]))


def test_a_folder_that_agrees_passes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARRIER_SAMPLES", str(folder))

    assert conformance.main() == 0
    assert "7 mutants, 8 right" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "pair"),
    [("delivered.json", "in_transit\t"), ("returned.json", "delivered\t"), ("not_found.json", "error\t")],
)
def test_a_folder_that_disagrees_fails_and_names_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, pair: str
) -> None:
    monkeypatch.setenv("CARRIER_SAMPLES", str(folder))
    _say(folder, {**TRUE, name: pair})

    assert conformance.main() == 1
    assert f"WRONG   some/ups/{name}" in capsys.readouterr().out


def test_every_carrier_we_read_has_its_line_of_what_it_speaks() -> None:
    assert set(SPEAKS) == set(READ)


def test_without_a_folder_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CARRIER_SAMPLES", raising=False)

    assert conformance.main() == 2
    assert "Set CARRIER_SAMPLES" in capsys.readouterr().err
