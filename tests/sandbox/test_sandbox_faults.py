"""Trouble on order: each kind, for as long as told."""

from datetime import timedelta

import httpx
import pytest

from carriers.sandbox.server import Sandbox
from tests.sandbox.journeys import DELIVERED_NEXT_DAY, HOUR, NOON, NUMBER, look, token


def order(line: httpx.Client, **fault: object) -> None:
    line.post("/_sandbox/faults", json=fault).raise_for_status()


def test_too_many_requests_with_the_time_to_wait(line: httpx.Client) -> None:
    bearer = token(line)
    order(line, kind="429", count=2, retry_after=5)

    answers = [look(line, bearer=bearer) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "5"
    assert answers[0].json()["response"]["errors"][0]["code"] == "10429"


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("502", 502), ("503", 503), ("html", 401)])
def test_errors_of_the_server(line: httpx.Client, kind: str, status: int) -> None:
    bearer = token(line)
    order(line, kind=kind)

    answer = look(line, bearer=bearer)

    assert answer.status_code == status
    assert ("<html>" in answer.text) == (kind == "html")


def test_a_fault_can_be_for_tokens_or_for_one_number_only(line: httpx.Client) -> None:
    bearer = token(line)
    order(line, kind="500", of="track", number=NUMBER, count=None)

    assert look(line, "1Z879E930346834440", bearer=bearer).status_code == 200
    assert look(line, bearer=bearer).status_code == 500
    assert token(line)
    line.delete("/_sandbox/faults").raise_for_status()
    assert look(line, bearer=bearer).status_code == 200


def test_no_answer_at_all(line: httpx.Client) -> None:
    bearer = token(line)
    order(line, kind="timeout")

    with pytest.raises(httpx.ReadTimeout):
        line.get("/api/track/v1/details/x", timeout=0.2)
    assert look(line, bearer=bearer).status_code == 200


@pytest.mark.parametrize(("kind", "error"), [("reset", httpx.ReadError), ("half", httpx.RemoteProtocolError)])
def test_a_torn_connection(carrier: Sandbox, line: httpx.Client, kind: str, error: type[Exception]) -> None:
    carrier.tell(DELIVERED_NEXT_DAY)
    bearer = token(line)
    order(line, kind=kind)

    with pytest.raises(error):
        look(line, bearer=bearer)
    assert look(line, bearer=bearer).status_code == 200


def test_a_late_answer_is_the_right_one(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(DELIVERED_NEXT_DAY)
    bearer = token(line)
    order(line, kind="slow", seconds=0.2)

    answer = look(line, bearer=bearer)

    assert answer.elapsed > timedelta(seconds=0.2)
    assert answer.json() == look(line, bearer=bearer).json()


def test_any_words_can_be_put_into_its_mouth(line: httpx.Client) -> None:
    bearer = token(line)
    order(line, kind="body", body='{"trackResponse": null}')

    assert look(line, bearer=bearer).json() == {"trackResponse": None}


def test_an_outage_begins_and_ends_in_story_time(carrier: Sandbox, line: httpx.Client) -> None:
    bearer = token(line)
    begins, ends = (NOON + hours * HOUR for hours in (1, 3))
    order(line, kind="outage", **{"from": begins.isoformat(), "until": ends.isoformat()})

    statuses = []
    for hours in (0, 1, 2, 3):
        carrier.set_clock(NOON + hours * HOUR)
        statuses.append(look(line, bearer=bearer).status_code)

    assert statuses == [200, 503, 503, 200]


@pytest.mark.parametrize(
    "wrong", [{}, {"kind": "earthquake"}, {"kind": "429", "colour": "red"}, {"kind": "outage", "from": 3}]
)
def test_a_fault_nobody_understands_is_refused(line: httpx.Client, wrong: dict[str, object]) -> None:
    assert line.post("/_sandbox/faults", json=wrong).status_code == 400
