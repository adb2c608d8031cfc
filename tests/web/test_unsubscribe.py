"""The way out of our mails: one click for a mail program, one button for a person, and a way back."""

import pytest
from sqlalchemy import select

from notifiers.message import Channel
from tests.web.shop import Shop
from tracker.store.outbox_tables import suppressions
from tracker.store.vault import Unsubscribed

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def link(shop: Shop, *, brand: str | None = None) -> str:
    """As it stands in a mail to Ada."""
    vault = shop.app.store.vault
    whom = Unsubscribed(
        channel=Channel.EMAIL,
        contact_hmac=vault.contact_hmac(Channel.EMAIL, "ada@shopper.example"),
        brand=brand or shop.brand,
    )
    return f"/u/{vault.unsubscribe_token(whom)}"


def stopped(shop: Shop) -> list[tuple[str, str, str]]:
    with shop.app.store.read() as snapshot:
        rows = snapshot.connection.execute(select(suppressions))
        return [(row.channel, row.brand, row.source) for row in rows]


@pytest.mark.parametrize(
    "posted",
    [
        {"content": b"List-Unsubscribe=One-Click", "headers": FORM},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
    ],
    ids=["urlencoded", "multipart", "empty"],
)
def test_a_mail_programs_one_click_ends_the_mails_and_repeats_are_fine(shop: Shop, posted: dict[str, object]) -> None:
    first = shop.client.request("POST", link(shop), **posted)
    again = shop.client.request("POST", link(shop), **posted)

    for answer in (first, again):
        assert (answer.status_code, answer.content) == (200, b"")
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers
    assert stopped(shop) == [("email", shop.brand, "one-click")]


def test_opening_the_link_only_asks(shop: Shop) -> None:
    asked = shop.client.get(link(shop))
    shop.client.request("HEAD", link(shop))

    assert asked.status_code == 200
    assert "<form" in asked.text
    assert 'method="post"' in asked.text.lower()
    assert stopped(shop) == []


def test_a_person_presses_the_button_and_may_take_it_back(shop: Shop) -> None:
    out = shop.client.request("POST", link(shop), content=b"choice=stop", headers=FORM)
    assert out.status_code == 200
    assert "resume" in out.text
    assert stopped(shop) == [("email", shop.brand, "page")]

    back = shop.client.request("POST", link(shop), content=b"choice=resume", headers=FORM)
    assert back.status_code == 200
    assert stopped(shop) == []


def test_the_page_of_a_stop_is_of_the_brand_and_does_nothing_else(small_shop: Shop) -> None:
    answer = small_shop.client.get(link(small_shop))

    assert small_shop.app.brands[small_shop.brand].name in answer.text
    assert "shopper" not in answer.text
    assert "form-action 'self'" in answer.headers["content-security-policy"]


def test_who_has_stopped_gets_no_further_message(shop: Shop) -> None:
    shop.client.request("POST", link(shop), content=b"List-Unsubscribe=One-Click", headers=FORM)

    shop.an_order()

    with shop.app.store.write() as unit:
        order_id = unit.order_id(shop.brand, "2026/001")
        assert order_id is not None
        _, told, _ = unit.order_dossier(order_id)
    assert [row.state for row in told] == ["suppressed"]


def test_one_brand_is_stopped_not_the_other(small_shop: Shop) -> None:
    small_shop.client.request("POST", link(small_shop, brand=small_shop.other_brand), content=b"")
    small_shop.an_order()

    with small_shop.app.store.write() as unit:
        order_id = unit.order_id(small_shop.brand, "2026/001")
        assert order_id is not None
        assert [row.state for row in unit.order_dossier(order_id)[1]] == ["pending"]


def test_the_link_works_after_the_order_was_erased(small_shop: Shop) -> None:
    answer = small_shop.client.request("POST", link(small_shop), content=b"List-Unsubscribe=One-Click")

    assert answer.status_code == 200
    assert len(stopped(small_shop)) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_leads_nowhere(small_shop: Shop, method: str) -> None:
    good = link(small_shop)
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")

    answers = [small_shop.client.request(method, path) for path in (forged, "/u/", "/u/x", "/u/" + "A" * 5_000)]

    assert {answer.status_code for answer in answers} == {404}
    assert stopped(small_shop) == []


def test_a_huge_form_is_refused_and_stops_nothing(small_shop: Shop) -> None:
    answer = small_shop.client.request("POST", link(small_shop), content=b"x" * 100_000)

    assert answer.status_code == 413
    assert stopped(small_shop) == []
