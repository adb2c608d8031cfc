"""The gallery: every page beside each other, only for those who are in, and only it may frame pages."""

import re
from html import unescape

import pytest

from tests.web.ops import inside
from tests.web.shop import Shop
from tracker.render.gallery.states import all_states


@pytest.mark.parametrize("path", ["/ops/gallery", "/ops/gallery/alpenglow/late", "/ops/gallery/css/volta.dark.css"])
def test_strangers_are_sent_to_the_login(small_shop: Shop, path: str) -> None:
    answer = small_shop.client.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/ops/login")


def test_every_state_stands_in_the_list_and_opens(small_shop: Shop) -> None:
    visit = inside(small_shop)

    listed = [unescape(each) for each in re.findall(r'<iframe src="([^"]+)"', visit.get("/ops/gallery").text)]

    assert {each.partition("?")[0].rpartition("/")[2] for each in listed} > set(all_states())
    for address in listed:
        assert visit.get(address).status_code == 200, address


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
