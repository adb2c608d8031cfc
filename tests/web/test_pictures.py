"""Pictures of items over HTTP: from the shop's words to the page, from our own host, safe when opened alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.web.shop import UPS, Client, Shop
from tracker.intake.files import import_file
from tracker.render.pictures import PictureUnfit
from tracker.render.renderer import TEMPLATES, Renderer
from tracker.web.app import create_app

BLANKET = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
SHEET = (
    "order,tracking,email,country,postcode,sku,item,quantity\n77,{},ada@shopper.example,NO,5013,W/1,Wool blanket,2\n"
)
ITEM = re.compile(r'<img src="(/pictures/[^"]+)" alt="" width="56" height="56" loading="lazy">')


@pytest.fixture
def drawn(small_shop: Shop, tmp_path: Path) -> Iterator[Shop]:
    """The shop with one picture: of SKU W/1."""
    folder = tmp_path / "templates" / "brands" / small_shop.brand / "items"
    folder.mkdir(parents=True)
    (folder / "W%2F1.svg").write_bytes(BLANKET)
    for each in ("faq", "locale", "page"):
        (tmp_path / "templates" / each).symlink_to(TEMPLATES / each)
    app = replace(small_shop.app, renderer=Renderer.load(tmp_path / "templates"))
    client = Client(create_app(app, version="0.test"))
    yield replace(small_shop, app=app, client=client)
    client.close()


def test_a_picture_that_cannot_be_shown_ends_the_start_and_no_shoppers_page(drawn: Shop, tmp_path: Path) -> None:
    (tmp_path / "templates" / "brands" / drawn.brand / "items" / "W-9.gif").write_bytes(b"GIF89a")
    app = replace(drawn.app, renderer=Renderer.load(tmp_path / "templates"))

    with pytest.raises(PictureUnfit, match=r"items/W-9.gif is no picture a page can show"):
        create_app(app, version="0.test")


def picture_on(page: str) -> str:
    (address,) = set(ITEM.findall(page))
    return str(address)


def test_what_a_shop_sends_over_the_api_is_shown_with_its_picture(drawn: Shop) -> None:
    bought = {"sku": "W/1", "name": "Wool blanket", "quantity": 2}
    path = drawn.page_path(drawn.an_order(items=[bought, {"sku": "W/2", "name": "A lamp"}]))

    page = drawn.client.get(path).text
    answer = drawn.client.get(picture_on(page))

    assert answer.content == BLANKET
    assert page.count("<li><img") == 1
    assert "W/1" not in page
    assert "W%2F1" not in page


def test_what_a_file_of_orders_holds_is_shown_with_its_picture(drawn: Shop, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(SHEET.format(UPS[0]))
    import_file(drawn.app, tmp_path / "orders.csv", brand=drawn.brand)

    registered = {"order": drawn.get("/orders/77").json()}
    address = picture_on(drawn.client.get(drawn.page_path(registered)).text)

    assert drawn.client.get(address).content == BLANKET


def test_a_picture_is_kept_for_good_and_can_do_nothing_when_opened_alone(drawn: Shop) -> None:
    address = picture_on(drawn.client.get(drawn.page_path(drawn.an_order(items=[{"sku": "W/1", "name": "A"}]))).text)

    answer = drawn.client.get(address)
    again = drawn.client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    other = drawn.client.get(address, headers={"If-None-Match": '"another"'})

    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    assert not any(each.startswith("script-src") for each in policy)
    assert (again.status_code, again.content) == (304, b"")
    assert (other.status_code, other.content) == (200, BLANKET)


def test_nothing_else_is_served_from_there(drawn: Shop) -> None:
    address = picture_on(drawn.client.get(drawn.page_path(drawn.an_order(items=[{"sku": "W/1", "name": "A"}]))).text)
    folder, _, name = address.rpartition("/")
    ways = ["..%2Flogo.svg", "..%2F..%2Fbrands%2Fvolta%2Flogo.svg", "W%252F1.svg", "W%2F1.svg", "items", ""]

    refused = [f"{folder}/{way}" for way in ways]
    refused += [f"/pictures/{drawn.other_brand}/{name}", f"/pictures/nobody/{name}", f"{folder}/{'0' * 32}.svg"]

    assert {way: drawn.client.get(way).status_code for way in refused} == dict.fromkeys(refused, 404)


def test_a_file_that_changes_is_not_served_under_its_old_address(drawn: Shop, tmp_path: Path) -> None:
    address = picture_on(drawn.client.get(drawn.page_path(drawn.an_order(items=[{"sku": "W/1", "name": "A"}]))).text)
    assert drawn.client.get(address).status_code == 200

    (tmp_path / "templates" / "brands" / drawn.brand / "items" / "W%2F1.svg").write_bytes(BLANKET + b" ")

    assert drawn.client.get(address).status_code == 404
