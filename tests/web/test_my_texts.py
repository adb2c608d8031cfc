"""Texts under "My messages": switched on they are permitted, and the word STOP stays stronger than the page."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifiers.message import Channel
from tests.web.shop import Shop, opened
from tests.web.test_my_messages import SAVE, people, post, prove
from tracker.domain.people import may_tell
from tracker.store import people as store_people
from tracker.store.people import Suppression

ADA: dict[str, Any] = {"recipients": [{"name": "Ada", "email": "ada@shopper.example", "phone": "+47 22 86 40 00"}]}
NOBODY_STOPPED: frozenset[tuple[Channel, str]] = frozenset()


@pytest.fixture
def texting_shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    """An installation that could send texts; it sends none here."""
    twilio = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "0" * 32,
        "TWILIO_FROM": "+15005550006",
        "TWILIO_BASE_URL": "http://127.0.0.1:9",
        "PUBLIC_URL": "https://track.test",
    }
    with opened(sqlite_url, tmp_path / "data", **twilio) as shop:
        yield shop


def _stop_by_text(shop: Shop) -> None:
    number = shop.app.store.vault.contact_hmac(Channel.SMS, "+4722864000")
    stop = Suppression(channel=Channel.SMS, contact_hmac=number, brand="", reason=store_people.STOPPED, source="SM1")
    with shop.app.store.begin() as connection:
        store_people.suppress(connection, stop, at=shop.clocks.shop)


def test_switching_texts_on_permits_them_and_off_ends_them(texting_shop: Shop) -> None:
    shop = texting_shop
    page = shop.page_path(shop.an_order(**ADA))
    (ada,) = people(shop)
    assert may_tell(ada, Channel.SMS, NOBODY_STOPPED) is not None
    on = SAVE | {"person": ada.id, "channel-sms": "on"}

    for proof in ("5013", "ada@shopper.example"):
        prove(shop, page, proof)
        answer = post(shop, f"{page}/messages", on)
        assert answer.headers["location"].endswith("said=theirs")
        assert "first type in the address or number" in shop.client.get(answer.headers["location"]).text
        assert people(shop)[0].consents == ada.consents, "only the number itself permits texts to it"

    prove(shop, page, "22 86 40 00")
    assert post(shop, f"{page}/messages", on).headers["location"].endswith("said=saved")
    (ada,) = people(shop)
    assert may_tell(ada, Channel.SMS, NOBODY_STOPPED) is None
    assert (ada.consents[-1].channel, ada.consents[-1].source) == (Channel.SMS, "my messages")

    post(shop, f"{page}/messages", SAVE | {"person": ada.id})
    assert people(shop)[0].wishes.off == {Channel.SMS}


def test_under_the_word_stop_the_page_names_no_form_that_is_not_there(texting_shop: Shop) -> None:
    shop = texting_shop
    page = shop.page_path(shop.an_order(recipients=[{"name": "Ada", "phone": "+47 22 86 40 00"}]))
    _stop_by_text(shop)
    prove(shop, page, "22 86 40 00")

    shown = shop.client.get(f"{page}/messages").text

    assert "All messages are stopped." in shown
    assert "reply START from that phone" in shown
    assert not re.findall(r'use the form below|name="proof"|value="resume"', shown)


def test_the_page_does_not_take_back_the_word_stop(texting_shop: Shop) -> None:
    shop = texting_shop
    page = shop.page_path(shop.an_order(**ADA))
    _stop_by_text(shop)
    prove(shop, page, "22 86 40 00")

    (ada,) = people(shop)
    post(shop, f"{page}/messages", {"act": "stop"})
    answers = [
        post(shop, f"{page}/messages", {"act": "resume"}),
        post(shop, f"{page}/messages", SAVE | {"person": ada.id, "channel-sms": "on"}),
    ]

    assert [each.headers["location"].partition("said=")[2] for each in answers] == ["start"] * 2
    assert shop.client.get(f"{page}/messages?said=start").text.count("reply START from that phone") == 2
    assert people(shop)[0].consents == ada.consents

    with shop.app.store.write() as unit:
        order_id = unit.order_id(shop.brand, "2026/001")
        assert order_id is not None
        assert Channel.SMS in {channel for channel, _ in unit.order_dossier(order_id)[2]}
