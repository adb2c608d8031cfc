"""How often each carrier lets itself be asked, and the trouble only one of them has."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from carriers.sandbox.calls import PUBLISHED, Call, Calls, Limit
from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import Sandbox
from tests.sandbox.asking import NUMBERS, a_story, ask, dhl, fedex, fedex_token, usps, usps_token
from tests.sandbox.journeys import HOUR, NOON

CARRIERS = ["ups", "fedex", "usps", "dhl"]
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC).timestamp()
DAY = Limit(carrier="dhl", name="day", seconds=86400, most=2, is_calendar=True)


def counted(limit: Limit, *moments: float, carrier: str = "dhl") -> Calls:
    calls = Calls([limit])
    for moment in moments:
        calls.count(Call(at=moment, carrier=carrier, credential="shop", kind="track"))
    return calls


@pytest.mark.parametrize(("before", "after", "breached"), [(2, 0, 0), (2, 2, 0), (3, 0, 1), (1, 3, 1)])
def test_a_day_begins_anew_at_midnight_gmt(before: int, after: int, breached: int) -> None:
    moments = [MIDNIGHT - 1 - each for each in range(before)][::-1] + [MIDNIGHT + each for each in range(after)]

    assert counted(DAY, *moments).breached == breached


def test_a_limit_of_one_carrier_says_nothing_of_another() -> None:
    assert counted(DAY, 1, 2, 3, carrier="fedex").breached == 0


def test_one_limit_for_all_counts_each_carrier_for_itself() -> None:
    calls = Calls([Limit(name="hour", seconds=3600, most=1)])
    for carrier in CARRIERS:
        calls.count(Call(at=1, carrier=carrier, credential="shop", kind="track"))

    assert calls.breached == 0
    assert calls.peaks == {f"{carrier}/shop": {"hour": 1} for carrier in CARRIERS}


def test_the_wait_ends_when_the_window_has_room() -> None:
    sliding, calendar = Calls([Limit(name="hour", seconds=3600, most=1)]), Calls([DAY])
    for moment in (MIDNIGHT + 10, MIDNIGHT + 70, MIDNIGHT + 70):
        call = Call(at=moment, carrier="dhl", credential="shop", kind="track")
        over = (sliding.count(call), calendar.count(call))

    assert [excess.wait for excess in over if excess] == [3540, 86400 - 70]


def test_the_published_limits_are_the_ones_in_the_papers() -> None:
    told = {(limit.carrier, limit.seconds, limit.most, limit.is_calendar) for limit in PUBLISHED}

    assert {("usps", 3600, 60, False), ("dhl", 86400, 250, True), ("fedex", 10, 1400, False)} <= told


def test_each_carrier_refuses_a_call_too_many_in_its_own_shape() -> None:
    limits = [Limit(name="hour", seconds=3600, most=2)]  # token and question; of DHL two questions
    with (
        Sandbox(clock=SetClock(NOON), limits=limits, is_enforcing=True) as carrier,
        httpx.Client(base_url=carrier.url) as line,
    ):
        fedex_bearer, usps_bearer = fedex_token(line), usps_token(line)
        for _ in range(2):
            of_fedex = fedex(line, NUMBERS["fedex"], bearer=fedex_bearer)
            of_usps = usps(line, bearer=usps_bearer)
        of_dhl = [dhl(line) for _ in range(3)][-1]
        breaches = line.get("/_sandbox/breaches").json()

    assert [each.status_code for each in (of_fedex, of_usps, of_dhl)] == [429, 429, 429]
    assert of_fedex.json()["errors"][0]["code"] == "TOO.MANY.REQUESTS.ERROR"
    assert of_usps.json()["error"]["code"] == "429"
    assert 3500 < int(of_usps.headers["Retry-After"]) <= 3600
    assert (of_dhl.json()["title"], "Retry-After" in of_dhl.headers) == ("Too Many Requests", False)
    assert [(each["carrier"], each["credential"]) for each in breaches["breaches"]] == [
        ("fedex", "sandbox-client"),
        ("usps", "sandbox-client"),
        ("dhl", "sandbox-key"),
    ]


def test_a_quota_cut_refuses_but_is_no_breach() -> None:
    wide = Limit(carrier="dhl", name="day", seconds=86400, most=250, is_calendar=True)
    with (
        Sandbox(clock=SetClock(NOON), limits=[wide], is_enforcing=True) as carrier,
        httpx.Client(base_url=carrier.url) as line,
    ):
        before = dhl(line).status_code
        cut = {"carrier": "dhl", "name": "day", "seconds": 86400, "most": 1, "is_calendar": True, "is_agreed": False}
        line.post("/_sandbox/limits", json=cut).raise_for_status()
        during = dhl(line).status_code
        carrier.set_limit(wide)
        after = dhl(line).status_code

    assert (before, during, after) == (404, 429, 404)
    assert carrier.api.calls.breached == 0


@pytest.mark.parametrize("wrong", [{}, {"name": "day"}, {"name": "day", "seconds": 1, "most": 1, "colour": "red"}])
def test_a_limit_nobody_understands_is_refused(line: httpx.Client, wrong: dict[str, object]) -> None:
    assert line.post("/_sandbox/limits", json=wrong).status_code == 400


def test_limits_and_tokens_can_be_counted_by_story_time() -> None:
    clock = SetClock(NOON)
    limits = [Limit(carrier="usps", name="hour", seconds=3600, most=2)]
    with (
        Sandbox(clock=clock, limits=limits, is_enforcing=True, machine=lambda: clock.now().timestamp()) as carrier,
        httpx.Client(base_url=carrier.url) as line,
    ):
        bearer = usps_token(line)
        now = [usps(line, bearer=bearer).status_code for _ in range(2)]
        carrier.set_clock(NOON + HOUR)
        later = usps(line, bearer=bearer).status_code
        carrier.set_clock(NOON + 8 * HOUR)
        much_later = usps(line, bearer=bearer).status_code

    assert (now, later, much_later) == ([400, 429], 400, 401)


@pytest.mark.parametrize("down", CARRIERS)
@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("503", 503), ("html", 401), ("500", 500)])
def test_trouble_of_one_carrier_leaves_the_others_alone(
    carrier: Sandbox, line: httpx.Client, down: str, kind: str, status: int
) -> None:
    carrier.tell(*(a_story(each, "label") for each in CARRIERS))
    carrier.fault(kind=kind, carrier=down, of="track", count=None)

    statuses = {each: ask(line, each).status_code for each in CARRIERS}

    assert statuses == {each: status if each == down else 200 for each in CARRIERS}


def test_one_carrier_can_be_out_from_one_story_instant_until_another(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(*(a_story(each, "label") for each in CARRIERS))
    times = {"from": (NOON + HOUR).isoformat(), "until": (NOON + 2 * HOUR).isoformat()}
    carrier.fault(kind="outage", carrier="dhl", **times)

    seen = []
    for minutes in (0, 60, 119, 120):
        carrier.set_clock(NOON + timedelta(minutes=minutes))
        seen.append((ask(line, "dhl").status_code, ask(line, "ups").status_code))

    assert seen == [(200, 200), (503, 200), (503, 200), (200, 200)]


def test_trouble_for_one_number_meets_every_question_that_holds_it(carrier: Sandbox, line: httpx.Client) -> None:
    bearer = fedex_token(line)
    carrier.fault(kind="500", carrier="fedex", number="702911050422", count=None)

    alone = fedex(line, "702911050411", bearer=bearer).status_code
    together = fedex(line, "702911050411", "702911050422", bearer=bearer).status_code

    assert (alone, together) == (200, 500)


def test_tokens_of_one_carrier_can_be_made_worthless(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "label"))
    of_fedex, of_usps = fedex_token(line), usps_token(line)
    line.post("/_sandbox/faults", json={"kind": "expire_tokens", "carrier": "fedex"}).raise_for_status()

    assert fedex(line, NUMBERS["fedex"], bearer=of_fedex).status_code == 401
    assert usps(line, bearer=of_usps).status_code == 200


def test_a_token_of_one_carrier_opens_no_other(line: httpx.Client) -> None:
    assert fedex(line, NUMBERS["fedex"], bearer=usps_token(line)).status_code == 401
    assert usps(line, bearer=fedex_token(line)).status_code == 401


def test_the_same_number_may_be_known_to_two_carriers(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("fedex", "label", number="702911050411"))
    carrier.tell(a_story("dhl", "label", number="702911050411"))

    assert [ask(line, each, "702911050411").status_code for each in ("fedex", "dhl")] == [200, 200]
    assert {story["carrier"] for story in line.get("/_sandbox/stories").json()} == {"fedex", "dhl"}


def test_a_story_of_a_carrier_nobody_knows_is_refused(line: httpx.Client) -> None:
    story = {"number": "1", "carrier": "pigeon", "scans": []}

    answer = line.post("/_sandbox/stories", json=story)

    assert (answer.status_code, "pigeon" in answer.json()["error"]) == (400, True)
