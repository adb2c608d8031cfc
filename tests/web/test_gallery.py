"""The gallery: every page beside each other, only for those who are in, and only it may frame pages."""

import re
from html import unescape

import pytest

from tests.web.ops import inside
from tests.web.shop import Shop
from tracker.render.gallery import goods, orders, shown
from tracker.render.gallery.forms import FORMS
from tracker.render.gallery.states import all_states
from tracker.render.pictures import Album


@pytest.mark.parametrize("path", ["/ops/gallery", "/ops/gallery/alpenglow/late", "/ops/gallery/css/volta.dark.css"])
def test_strangers_are_sent_to_the_login(small_shop: Shop, path: str) -> None:
    answer = small_shop.client.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/ops/login")


def test_every_state_stands_in_the_list_and_opens(small_shop: Shop) -> None:
    visit = inside(small_shop)

    listed = [unescape(each) for each in re.findall(r'<iframe src="([^"]+)"', visit.get("/ops/gallery").text)]

    assert [each.partition("?")[0].rpartition("/")[2] for each in listed] == list(
        shown.names(small_shop.app.brands["alpenglow"])
    )
    assert len(set(listed)) == len(listed) > len(all_states()) + len(FORMS)
    for address in listed:
        answer = visit.get(address)
        assert answer.status_code == 200, address
        assert "<script" not in answer.text, address


def test_a_choice_leads_to_that_shop_state_and_scheme(small_shop: Shop) -> None:
    visit = inside(small_shop)

    found = visit.get("/ops/gallery?brand=volta&state=three&scheme=dark&width=320").text
    address = unescape(re.findall(r'<iframe src="([^"]+)"', found)[0])
    page = visit.get(address).text
    sheet = visit.get(re.findall(r'href="(/ops/gallery/css/[^"]+)"', page)[0])

    assert found.count("<iframe") == 1
    assert "Volta Audio" in page
    assert "color-scheme: dark" in sheet.text
    assert "prefers-color-scheme" not in sheet.text


def test_the_forms_stand_there_as_people_write_their_names(small_shop: Shop) -> None:
    visit = inside(small_shop)

    found = visit.get("/ops/gallery?state=report+missing").text

    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", found) == ["Forms below a page"]
    assert re.findall(r'<iframe src="/ops/gallery/alpenglow/(\w+)', found) == [
        "report_missing",
        "report_missing_of_several",
        "report_missing_refused",
    ]
    assert "No state has" in visit.get("/ops/gallery?state=xyz").text


def test_each_shop_shows_pictures_of_its_own_items(small_shop: Shop) -> None:
    visit = inside(small_shop)

    for brand in ("alpenglow", "volta"):
        shown_there = re.findall(r'<img src="([^"]+)"', visit.get(f"/ops/gallery/{brand}/three_parcels").text)
        assert len(shown_there) >= 2
        for address in shown_there:
            assert visit.get(address).headers["content-type"] == "image/svg+xml"


def test_a_shop_we_do_not_know_shows_its_own_pictures() -> None:
    tent, *_ = orders.ITEMS
    view = goods.sold(all_states()["in_transit"], "myshop", Album(of_items={"S-1": "/pictures/myshop/s"}))

    assert [each.sku for each in view.order.items] == ["S-1", "PEG", "MUG"]
    assert [each.name for each in view.order.shipments[0].items] == ["S-1", "Titanium pegs, set of six", "Enamel mug"]
    assert goods.sold(all_states()["in_transit"], "myshop", Album()).order.items[0] == tent


def test_only_gallery_pages_may_be_framed_and_only_there(small_shop: Shop) -> None:
    visit = inside(small_shop)

    framed = visit.get("/ops/gallery/alpenglow/late").headers
    other = visit.get("/ops/stuck").headers

    assert "frame-ancestors 'self'" in framed["content-security-policy"]
    assert framed["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in other["content-security-policy"]


@pytest.mark.parametrize("path", ["nobody/late", "alpenglow/nothing", "neutral/late", "css/volta.green.css"])
def test_what_is_not_there_is_not_shown(small_shop: Shop, path: str) -> None:
    assert inside(small_shop).get(f"/ops/gallery/{path}").status_code == 404
