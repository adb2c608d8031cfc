"""What the stand-in says at each moment of a story."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest

from carriers.sandbox import stories
from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Promise, Scan, Spot, Story
from carriers.sandbox.ups.answers import tracked
from carriers.sandbox.ups.words import WORDS
from carriers.sandbox.words import scan
from tests.sandbox.journeys import DELHI, DELIVERED_NEXT_DAY, HOUR, NEW_YORK, NOON, NUMBER, codes, look, package

OTHER = "1Z879E930346834440"


@pytest.mark.parametrize(
    ("later", "listed", "current"),
    [
        (0, ["MP"], "003"),
        (6, ["OR", "MP"], "005"),
        (20, ["OT", "OR", "MP"], "021"),
        (26, ["FS", "OT", "OR", "MP"], "011"),
    ],
)
def test_only_what_has_happened_is_listed_newest_first(
    carrier: Sandbox, line: httpx.Client, later: int, listed: list[str], current: str
) -> None:
    carrier.tell(DELIVERED_NEXT_DAY)
    carrier.set_clock(NOON + later * HOUR)

    found = package(line)

    assert codes(found) == listed
    assert found["currentStatus"]["code"] == current


def test_before_the_first_scan_the_number_is_unknown(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(DELIVERED_NEXT_DAY)
    carrier.set_clock(NOON - 3 * HOUR)

    assert "package" not in look(line).json()["trackResponse"]["shipment"][0]


def test_times_are_told_locally_and_in_utc(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(_story(scan("origin", at=datetime(2026, 3, 2, 2, 5, 7, tzinfo=UTC), spot=NEW_YORK)))
    (activity,) = package(line)["activity"]
    assert (activity["date"], activity["time"]) == ("20260301", "210507")
    assert (activity["gmtDate"], activity["gmtTime"], activity["gmtOffset"]) == ("20260302", "02:05:07", "-05:00")

    carrier.tell(_story(replace(scan("origin", at=NOON, spot=DELHI), gmt=False)))
    (activity,) = package(line)["activity"]
    assert (activity["date"], activity["time"]) == ("20260302", "173000")
    assert "gmtOffset" not in activity


def test_a_scan_is_shown_only_after_its_lag(carrier: Sandbox, line: httpx.Client) -> None:
    late = replace(scan("arrived", at=NOON - HOUR, spot=NEW_YORK), lag=2 * HOUR)
    carrier.tell(_story(scan("origin", at=NOON - 5 * HOUR, spot=NEW_YORK), late))
    before = codes(package(line))
    carrier.set_clock(NOON + HOUR)

    assert (before, codes(package(line))) == (["OR"], ["AR", "OR"])


def test_a_scan_can_be_taken_back(carrier: Sandbox, line: httpx.Client) -> None:
    mistaken = replace(scan("delivered", at=NOON - HOUR, spot=NEW_YORK), gone_at=NOON + HOUR)
    carrier.tell(_story(scan("out for delivery", at=NOON - 2 * HOUR, spot=NEW_YORK), mistaken))
    before = package(line)
    carrier.set_clock(NOON + HOUR)
    after = package(line)

    assert (codes(before), codes(after)) == (["FS", "OT"], ["OT"])
    assert "deliveryInformation" in before
    assert "deliveryInformation" not in after


def test_of_two_scans_at_the_same_second_the_later_told_stands_first(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(_story(scan("arrived", at=NOON, spot=NEW_YORK), scan("preparing", at=NOON, spot=NEW_YORK)))

    assert codes(package(line)) == ["YP", "AR"]


def test_a_late_label_can_stand_on_top(carrier: Sandbox, line: httpx.Client) -> None:
    label = replace(scan("label", at=NOON - 9 * HOUR, spot=NEW_YORK), on_top=True)
    carrier.tell(_story(label, scan("origin", at=NOON - HOUR, spot=NEW_YORK)))

    found = package(line)

    assert codes(found) == ["MP", "OR"]
    assert found["currentStatus"]["code"] == "003"


def test_history_can_be_listed_oldest_first_with_the_right_summary(carrier: Sandbox, line: httpx.Client) -> None:
    told = (scan("label", at=NOON - 2 * HOUR, spot=NEW_YORK), scan("origin", at=NOON - HOUR, spot=NEW_YORK))
    carrier.tell(replace(_story(*told), oldest_first=True))

    found = package(line)

    assert (codes(found), found["currentStatus"]["code"]) == (["MP", "OR"], "005")


def test_the_summary_can_lag_or_be_absent(carrier: Sandbox, line: httpx.Client) -> None:
    told = (scan("label", at=NOON - 2 * HOUR, spot=NEW_YORK), scan("origin", at=NOON - HOUR, spot=NEW_YORK))
    carrier.tell(replace(_story(*told), current_lag=HOUR + timedelta(seconds=1)))
    lagging = package(line)["currentStatus"]["code"]
    carrier.tell(replace(_story(*told), current_status=False))

    assert lagging == "003"
    assert "currentStatus" not in package(line)


def test_any_code_can_be_told(carrier: Sandbox, line: httpx.Client) -> None:
    odd = Scan(at=NOON, type="X", code="", status_code="", description="Something new ")
    carrier.tell(_story(odd))

    (activity,) = package(line)["activity"]

    assert activity["status"] == {"type": "X", "description": "Something new "}
    assert activity["location"]["address"] == {}


@pytest.mark.parametrize(
    ("later", "dates", "window"),
    [
        (0, [("SDD", "20260304")], {"type": "EOD", "endTime": ""}),
        (1, [("SDD", "20260304"), ("RDD", "20260303")], {"type": "EDW", "startTime": "090000", "endTime": "123000"}),
        (3, [("SDD", "20260304")], {"type": "EOD", "endTime": ""}),
        (26, [("SDD", "20260304"), ("DEL", "20260303")], {"type": "DEL", "endTime": "090000"}),
    ],
)
def test_promises_come_move_go_and_stay_beside_the_delivery(
    carrier: Sandbox, line: httpx.Client, later: int, dates: list[tuple[str, str]], window: dict[str, str]
) -> None:
    moved = Promise(
        day=date(2026, 3, 3),
        shown_at=NOON + HOUR,
        kind="RDD",
        gone_at=NOON + 2 * HOUR,
        not_before=time(9),
        not_after=time(12, 30),
    )
    carrier.tell(replace(DELIVERED_NEXT_DAY, promises=(DELIVERED_NEXT_DAY.promises[0], moved)))
    carrier.set_clock(NOON + later * HOUR)

    found = package(line)

    assert [(each["type"], each["date"]) for each in found["deliveryDate"]] == dates
    assert found["deliveryTime"] == window


def test_pieces_of_one_shipment_answer_together(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(
        replace(DELIVERED_NEXT_DAY, travels_with=(OTHER,)),
        replace(DELIVERED_NEXT_DAY, number=OTHER, travels_with=(NUMBER,), scans=DELIVERED_NEXT_DAY.scans[:1]),
    )
    carrier.set_clock(NOON + 26 * HOUR)

    (shipment,) = look(line).json()["trackResponse"]["shipment"]

    assert [(each["trackingNumber"], each["packageCount"]) for each in shipment["package"]] == [(NUMBER, 2), (OTHER, 2)]
    assert [codes(each)[0] for each in shipment["package"]] == ["FS", "MP"]


def test_a_recycled_number_answers_with_both_lives_newest_first(carrier: Sandbox, line: httpx.Client) -> None:
    earlier = _story(scan("delivered", at=NOON - 60 * 24 * HOUR, spot=NEW_YORK))
    carrier.tell(earlier, _story(scan("label", at=NOON, spot=NEW_YORK)))

    lives = look(line).json()["trackResponse"]["shipment"]

    assert [codes(life["package"][0]) for life in lives] == [["MP"], ["FS"]]


def test_an_old_number_is_forgotten(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(replace(DELIVERED_NEXT_DAY, purged_at=NOON + 120 * 24 * HOUR))
    carrier.set_clock(NOON + 120 * 24 * HOUR)

    assert "package" not in look(line).json()["trackResponse"]["shipment"][0]


def test_a_story_told_over_http_is_the_same_story(carrier: Sandbox, line: httpx.Client) -> None:
    rich = replace(
        DELIVERED_NEXT_DAY,
        scans=(
            *DELIVERED_NEXT_DAY.scans,
            replace(scan("weather", at=NOON, spot=DELHI), lag=HOUR, gone_at=NOON + 9 * HOUR),
        ),
        travels_with=(OTHER,),
        pickup_by=date(2026, 3, 9),
        purged_at=NOON + 999 * HOUR,
        promises=(Promise(day=date(2026, 3, 3), shown_at=NOON, not_before=time(9), not_after=time(12, 30)),),
    )

    line.post("/_sandbox/stories", json=[stories.as_json(rich)]).raise_for_status()

    assert carrier.api.stories["ups"][NUMBER] == [rich]
    assert [stories.read(story) for story in line.get("/_sandbox/stories").json()] == [rich]


@pytest.mark.parametrize(
    "wrong",
    [{}, {"number": NUMBER}, {"number": NUMBER, "scans": [{"at": "2026-03-02T12:00:00"}]}, {"scans": 3}, "story"],
)
def test_a_story_that_cannot_be_read_is_refused(line: httpx.Client, wrong: object) -> None:
    answer = line.post("/_sandbox/stories", json=wrong)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_every_common_kind_of_scan_can_be_answered() -> None:
    story = _story(*(scan(kind, at=NOON, spot=Spot(country="US")) for kind in WORDS))

    answer = tracked(NUMBER, known={NUMBER: [story]}, now=NOON)

    assert len(answer["trackResponse"]["shipment"][0]["package"][0]["activity"]) == len(WORDS)


def _story(*scans: Scan) -> Story:
    return Story(number=NUMBER, scans=scans, destination=NEW_YORK)
