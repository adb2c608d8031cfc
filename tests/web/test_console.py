"""Whether the console shows the same queue as API and command line, to those who are in, as text and no markup."""

import csv
import io
import json
from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.cli.shell import Shell
from tests.troubles import fill
from tests.web.ops import api_rows, inside, text_of
from tests.web.shop import Shop
from tracker.domain.people import mask
from tracker.domain.problems import StuckReason
from tracker.render.stuck import LABELS
from tracker.web.html import CSP

DAY = timedelta(days=1)


def test_three_faces_say_the_same(shop: Shop) -> None:
    fill(shop.app.store, shop.clocks.shop)
    settings = shop.app.settings
    shell = Shell(settings.data_dir, {"DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key})

    over_http = api_rows(shop)
    page = text_of(inside(shop).get("/ops/stuck"))
    at_the_shell = json.loads(shell.run("stuck", "--format", "json").stdout)

    assert {row["reason"] for row in over_http} == set(StuckReason)
    said = ("order", "brand", "reason", "severity", "why", "normal", "todo", "page_url", "failing")
    assert [[row[name] for name in said] for row in at_the_shell] == [[row[name] for name in said] for row in over_http]
    places = [page.index(row["why"]) for row in over_http]
    assert places == sorted(places)
    assert all(text in page for row in over_http for each in row["problems"] for text in (each["why"], each["todo"]))


def test_a_download_has_every_row_and_runs_nothing(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)

    answer = inside(small_shop).get("/ops/stuck.csv?sort=order")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    assert sorted(row["order"].lstrip("'") for row in rows) == sorted(row["order"] for row in api_rows(small_shop))
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("reason=customs", {"2026/103"}),
        ("reason=past_promise", {"2026/103", "2026/109"}),
        ("brand=volta&milestone=label_created", {"2026/110"}),
        ("older_than=3d", {"2026/103", "2026/110"}),
        ("milestone=none&carrier=ups", {"=2026/111"}),
        ("reason=nonsense&brand=nobody&sort=by%20luck&older_than=9y", None),
    ],
)
def test_filters_narrow_the_page_and_nonsense_does_not(small_shop: Shop, query: str, numbers: set[str] | None) -> None:
    made = {each.number for each in fill(small_shop.app.store, small_shop.clocks.shop)}

    page = text_of(inside(small_shop).get(f"/ops/stuck?{query}"))

    assert {number for number in made if f" {number} " in page} == (made if numbers is None else numbers)


def test_pages_follow_each_other(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)
    seen: list[str] = []
    after = None

    while not seen or after:
        page = small_shop.get(
            "/stuck", key=small_shop.make_key(None), params={"limit": 5} | ({"after": after} if after else {})
        ).json()
        seen += [row["order"] for row in page["stuck"]]
        after = page["next"]

    assert len(seen) == len(set(seen)) == page["total"] == 17
    assert inside(small_shop).get("/ops/stuck?after=nonsense").status_code == 303


def test_an_order_shows_its_scans_its_looks_and_why_nothing_was_told(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)

    answer = inside(small_shop).get(f"/ops/orders/alpenglow/{quote('2026/112', safe='')}")

    page = text_of(answer)
    assert answer.status_code == 200
    assert mask("ada@example.com") in page
    assert "ada@example.com" not in page
    assert 'The shopper was not told "ready for pickup"' in page
    assert "I/DP" in page


def test_what_a_carrier_wrote_is_text(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)

    answer = inside(small_shop).get("/ops/orders/alpenglow/2026%2F101")

    assert "<script" not in answer.text
    assert "&lt;script&gt;alert" in answer.text
    assert "\u202e" not in answer.text
    assert answer.headers["content-security-policy"] == CSP.decode()
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/ops/orders/alpenglow/none", "/ops/orders/nobody/2026%2F101", "/ops/orders/a/%00", "/ops/nothing"]
)
def test_what_is_not_there_is_not_found(small_shop: Shop, path: str) -> None:
    assert inside(small_shop).get(path).status_code == 404


def test_a_row_that_was_seen_is_put_off_with_a_note_until_its_day(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)
    visit = inside(small_shop)
    (row,) = api_rows(small_shop, reason="customs")
    path, csrf = f"/ops/shipments/{row['shipment']['id']}", visit.csrf("/ops/stuck")

    forged = visit.post(f"{path}/seen", csrf="0" * 64, note="x", days="3")
    assert (forged.status_code, len(api_rows(small_shop, reason="customs"))) == (403, 1)
    answer = visit.post(
        f"{path}/seen", csrf=csrf, note="<b>invoice sent</b>", days="3", back="/ops/stuck?reason=customs"
    )

    assert answer.headers["location"] == "/ops/stuck?reason=customs"
    assert api_rows(small_shop, reason="customs") == []
    (seen,) = api_rows(small_shop, reason="customs", seen_too="true")
    assert (seen["seen"]["who"], seen["seen"]["note"]) == ("ada", "<b>invoice sent</b>")
    assert "&lt;b&gt;invoice sent" in visit.get("/ops/stuck?seen_too=true").text
    visit.post(f"{path}/unseen", csrf=csrf)
    assert len(api_rows(small_shop, reason="customs")) == 1


def test_nobody_puts_a_row_off_without_logging_in(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)
    (row,) = api_rows(small_shop, reason="customs")

    answer = small_shop.client.request("POST", f"/ops/shipments/{row['shipment']['id']}/seen", data={"days": "3"})

    assert answer.headers["location"] == "/ops/login"
    assert len(api_rows(small_shop, reason="customs")) == 1


def test_a_key_of_one_brand_sees_its_own_queue(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)

    own = small_shop.get("/stuck").json()

    assert {row["brand"] for row in own["stuck"]} == {small_shop.brand}
    assert small_shop.get("/stuck", params={"brand": small_shop.other_brand}).status_code == 403
    assert own["total"] == len(own["stuck"]) == 12


def test_a_key_of_one_brand_meets_no_other_brands_rows_notes_or_places(small_shop: Shop) -> None:
    fill(small_shop.app.store, small_shop.clocks.shop)
    visit = inside(small_shop)
    other, *_ = [row for row in api_rows(small_shop) if row["brand"] == small_shop.other_brand]
    seen = {"csrf": visit.csrf("/ops/stuck"), "days": "3", "note": "theirs alone"}
    assert visit.post(f"/ops/shipments/{other['shipment']['id']}/seen", **seen).status_code == 303
    every = small_shop.make_key(None)
    place = small_shop.get("/stuck", key=every, params={"limit": 1, "seen_too": True}).json()["next"]

    pages = [small_shop.get("/stuck", params={"seen_too": True} | more) for more in ({}, {"after": place})]

    for page in pages:
        assert {row["brand"] for row in page.json()["stuck"]} == {small_shop.brand}
        assert page.json()["total"] == 12
        assert "theirs alone" not in page.text
        assert other["order"] not in page.text
    assert "theirs alone" in small_shop.get("/stuck", key=every, params={"seen_too": True}).text


@pytest.mark.parametrize(
    "params",
    [
        {"reason": "boredom"},
        {"milestone": "flying"},
        {"older_than": "2 days"},
        {"sort": "luck"},
        {"limit": "501"},
        {"after": "nonsense"},
        {"resaon": "lost"},
        {"brand": "nobody"},
    ],
)
def test_a_filter_that_cannot_be_used_is_a_problem_with_its_fix(small_shop: Shop, params: dict[str, str]) -> None:
    answer = small_shop.get("/stuck", key=small_shop.make_key(None), params=params)

    assert answer.status_code == 422
    assert answer.json()["fix"]


def test_every_reason_has_a_label() -> None:
    assert set(LABELS) == set(StuckReason)
