"""A shop's own host shows that shop, also where no order says whose page it is."""

from dataclasses import replace

import pytest

from tests.web.shop import Client, Shop
from tracker.web.app import create_app


@pytest.fixture
def own_host(small_shop: Shop) -> Shop:
    """The other shop's pages stand under a name of its own."""
    app = small_shop.app
    brands = tuple(
        replace(each, page_host="https://where.volta.example") if each.slug == "volta" else each
        for each in app.settings.brands
    )
    known = replace(app, settings=replace(app.settings, brands=brands))
    return replace(small_shop, app=known, client=Client(create_app(known, version="0.test")))


@pytest.mark.parametrize("path", ["/t/" + "a" * 32, "/u/nobody", "/nowhere", "/track"])
@pytest.mark.parametrize(("host", "is_voltas"), [("where.volta.example", True), ("testserver", False)])
def test_pages_without_an_order_wear_the_shop_of_the_host(
    own_host: Shop, path: str, host: str, is_voltas: bool
) -> None:
    answer = own_host.client.request("GET", path, headers={"Host": host})

    assert ("Volta Audio" in answer.text) is is_voltas
    assert ("/css/volta." in answer.text) is is_voltas
