"""The judge of saved answers can be asked about any folder, and says wrong when it is wrong."""

import shutil
from pathlib import Path

import pytest

from carriers.registry import READ
from tests import conformance
from tests.speaking import SPEAKS

FIXTURES = Path(__file__).parent / "fixtures"
TRUE = {
    "some/ups/delivered.json": "delivered\t",
    "some/ups/customs.json": "in_transit\t",
    "some/ups/short.json": "delivered\t",
    "some/ups/older.json": "delivered\t",
    "some/ups/returned.json": "delayed\treturned",
    "some/ups/not_found.json": "not_found\t",
    "some/ups/webhook.json": "delivered\t",
    "some/ups/gone.json": "delivered\t",
    "fedex/two_lives.json": "out_for_delivery\t",
    "fedex/returning.json": "delayed\treturning",
    "fedex/not_found.json": "not_found\t",
    "fedex/refused.json": "error\t",
    "fedex/soap.xml": "delivered\t",
    "pigeon/track.json": "in_transit\t",
}
# What is there and is no answer of the API we speak, or of no carrier of ours.
BESIDE = {
    "some/ups/webhook.json": '{"trackingNumber": "1Z", "activityStatus": {}}',
    "fedex/refused.json": '{"transactionId": "1", "errors": [{"code": "NOT.AUTHORIZED.ERROR", "message": "Words"}]}',
    "fedex/soap.xml": '<TrackReply xmlns="http://fedex.com/ws/track/v7"/>',
    "pigeon/track.json": '{"output": {"completeTrackResults": []}}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in the shape of CARRIER_SAMPLES."""
    shutil.copytree(FIXTURES / "ups", tmp_path / "some" / "ups")
    shutil.copytree(FIXTURES / "fedex", tmp_path / "fedex")
    (tmp_path / "pigeon").mkdir()
    for name, body in BESIDE.items():
        (tmp_path / name).write_text(body)
    _say(tmp_path, TRUE)
    return tmp_path


def _say(folder: Path, expected: dict[str, str]) -> None:
    lines = [f"{name}\t{pair}" for name, pair in expected.items()]
    (folder / "SOURCES.tsv").write_text("\n".join(["file\texpected_state\texpected_sub_state", *lines, ""]))


def test_a_folder_that_agrees_passes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARRIER_SAMPLES", str(folder))

    assert conformance.main() == 0
    assert "12 mutants, 13 right" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("some/ups/delivered.json", "in_transit\t"),
        ("some/ups/returned.json", "delivered\t"),
        ("some/ups/not_found.json", "error\t"),
        ("fedex/returning.json", "delivered\t"),
        ("fedex/refused.json", "not_found\t"),
    ],
)
def test_a_folder_that_disagrees_fails_and_names_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, pair: str
) -> None:
    monkeypatch.setenv("CARRIER_SAMPLES", str(folder))
    _say(folder, {**TRUE, name: pair})

    assert conformance.main() == 1
    assert f"WRONG   {name}" in capsys.readouterr().out


def test_every_carrier_we_read_has_its_line_of_what_it_speaks() -> None:
    assert set(SPEAKS) == set(READ)


def test_without_a_folder_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CARRIER_SAMPLES", raising=False)

    assert conformance.main() == 2
    assert "Set CARRIER_SAMPLES" in capsys.readouterr().err
