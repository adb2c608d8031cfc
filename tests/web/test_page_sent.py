"""How a page is sent, and what belongs to it: packed, its scripts, its calendar."""

import pytest

from tests.web.shop import Shop
from tests.web.stores import HOUR, due_later, watched
from tracker.web import packing


def test_a_page_is_sent_small_to_whoever_can_unpack_it(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order())
    raw = {name: small_shop.client.get(path, headers={"Accept-Encoding": name}) for name in ("", "gzip", "zstd, gzip")}

    assert [answer.headers.get("content-encoding", "") for answer in raw.values()] == ["", "gzip", "zstd"]
    assert (
        len({answer.content for answer in raw.values()})
        == len({answer.headers["etag"] for answer in raw.values()})
        == 1
    )
    sizes = [int(answer.headers["content-length"]) for answer in raw.values()]
    assert max(sizes[1:]) * 2 < sizes[0]
    assert {answer.headers["vary"] for answer in raw.values()} == {"accept-encoding, accept-language"}
    known = {"If-None-Match": raw["gzip"].headers["etag"], "Accept-Encoding": "zstd"}
    assert small_shop.client.get(path, headers=known).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (b"", ""),
        (b"gzip, deflate, br", "gzip"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"zstd;q=0, gzip;q=0.5", "gzip"),
        (b"GZIP;q=0.000", ""),
        (b"*", ""),
        (b"gzip;q=;", ""),
    ],
)
def test_what_a_browser_accepts_decides(accepted: bytes, chosen: str) -> None:
    assert packing.encoding_of(accepted) == chosen


def test_the_scripts_are_ours_alone_and_the_worker_is_asked_about_each_time(small_shop: Shop) -> None:
    page = small_shop.client.get(small_shop.page_path(small_shop.an_order())).text
    path = page.split('<script src="', 1)[1].split('"', 1)[0]

    script, worker = small_shop.client.get(path), small_shop.client.get("/sw.js")

    assert "immutable" in script.headers["cache-control"]
    assert worker.headers["cache-control"] == "no-cache"
    assert {script.headers["content-type"], worker.headers["content-type"]} == {"text/javascript; charset=utf-8"}
    assert "connect-src 'self'" in worker.headers["content-security-policy"]
    assert small_shop.client.get("/js/page.0.js").status_code == 404


def test_the_calendar_is_for_whoever_has_the_link_while_there_is_a_day_to_keep(small_shop: Shop) -> None:
    promised = {"first_day": "2026-05-06", "last_day": "2026-05-07"}
    path = small_shop.page_path(small_shop.an_order("C-1", promised=promised))
    undated = small_shop.page_path(small_shop.an_order("C-2"))

    file = small_shop.client.get(f"{path}/delivery.ics")

    assert f'href="{path}/delivery.ics"' in small_shop.client.get(path).text
    assert "delivery.ics" not in small_shop.client.get(undated).text
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART;VALUE=DATE:20260506\r\nDTEND;VALUE=DATE:20260508" in file.text
    assert "Ada" not in file.text
    assert path.rpartition("/")[2] not in file.text, "a calendar is shared, the link is not"
    assert small_shop.client.get("/t/" + "A" * 24 + "/delivery.ics").status_code == 404


@pytest.mark.parametrize("dest", ["document", "empty"], ids=["a visit", "a visit that the service worker passes on"])
def test_an_open_page_that_asks_for_itself_is_no_view(small_shop: Shop, dest: str) -> None:
    path = small_shop.page_path(small_shop.an_order())
    due_later(small_shop)
    small_shop.clocks.pass_by(HOUR)

    small_shop.client.get(path, headers={"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"})
    small_shop.client.settle()
    by_script = watched(small_shop)
    small_shop.client.get(path, headers={"Sec-Fetch-Dest": dest, "Sec-Fetch-Mode": "navigate"})
    small_shop.client.settle()

    assert (by_script, watched(small_shop)) == ([False], [True])
