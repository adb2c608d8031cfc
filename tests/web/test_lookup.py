"""The look-up form: who knows the number and one thing more gets in, and nobody learns anything else."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.planting import planted
from tests.web.shop import UPS, Client, Shop
from tracker.store import people
from tracker.store.machine_tables import counters
from tracker.store.tables import orders
from tracker.web import lookup
from tracker.web.app import create_app

ADA: dict[str, Any] = {
    "recipients": [
        {
            "name": "Ada Nord",
            "email": "ada@shopper.example",
            "phone": "+47 22 86 40 00",
            "consents": [{"channel": "sms", "granted": True, "source": "checkout", "at": "2026-05-03T12:00:00Z"}],
        }
    ]
}


def ask(shop: Shop, number: str, proof: str, *, peer: str = "", **more: Any) -> httpx.Response:
    headers = {"X-Forwarded-For": peer} if peer else {}
    return shop.client.request(
        "POST", "/track", data={"number": number, "proof": proof}, headers=headers | more.pop("headers", {}), **more
    )


@pytest.fixture(autouse=True)
def no_pause() -> Any:
    """Refusals come at once here; one test looks at the pause."""
    with planted(lookup, "REFUSED_AFTER", 0.001):
        yield


@pytest.fixture
def behind_proxy(small_shop: Shop) -> Any:
    """The same shop asked through a proxy of ours, which says who asks."""
    client = Client(create_app(small_shop.app, version="0.test"), peer="10.0.0.1")
    yield Shop(app=small_shop.app, clocks=small_shop.clocks, client=client, key=small_shop.key)
    client.close()


@pytest.mark.parametrize(
    "number", ["2026/001", "#2026/001", " 2026/001 ", UPS[0], UPS[0].lower(), f"{UPS[0][:8]} {UPS[0][8:]}"]
)
@pytest.mark.parametrize(
    "proof", ["ada@shopper.example", "ADA@Shopper.example ", "+47 22 86 40 00", "22864000", "5013"]
)
def test_the_number_and_one_thing_more_open_the_page(shop: Shop, number: str, proof: str) -> None:
    path = shop.page_path(shop.an_order(**ADA))

    answer = ask(shop, number, proof)

    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert shop.client.get(path).status_code == 200
    assert "set-cookie" not in answer.headers


def test_wrong_and_unknown_are_the_same_bytes(shop: Shop) -> None:
    shop.an_order(**ADA)

    tries = [
        ("2026/001", "eve@shopper.example"),
        ("2026/001", "5014"),
        ("2026/002", "ada@shopper.example"),
        ("2026-003", "5013"),
    ]
    answers = [ask(shop, number, proof) for number, proof in tries]

    assert {answer.status_code for answer in answers} == {404}
    # What was typed comes back once, so that it need not be typed twice; it is as long in each of these.
    assert all(answer.text.count(number) == 1 for answer, (number, _) in zip(answers, tries, strict=True))
    assert len({answer.text.replace(number, "") for answer, (number, _) in zip(answers, tries, strict=True)}) == 1
    assert len({tuple(sorted(_without_id(answer))) for answer in answers}) == 1


def test_a_mistake_keeps_the_number_and_never_the_proof(small_shop: Shop) -> None:
    small_shop.an_order(**ADA)

    answer = ask(small_shop, '2026/001"><b>', "eve@shopper.example")

    assert 'value="2026/001&#34;&gt;&lt;b&gt;"' in answer.text
    assert "eve@" not in answer.text


def test_a_number_alone_shows_nothing(small_shop: Shop) -> None:
    small_shop.an_order(**ADA)

    answers = [
        ask(small_shop, UPS[0], ""),
        ask(small_shop, "", "5013"),
        ask(small_shop, UPS[0], " "),
        ask(small_shop, "x" * 300, "5013"),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all("Both fields are needed" in answer.text for answer in answers)


@pytest.mark.parametrize("hostile", ["'; drop table orders; --", "\x00", "\ud7ff😀" * 50, "<script>", "%", "_", "١٢٣"])
def test_whatever_is_typed_gets_an_answer(shop: Shop, hostile: str) -> None:
    shop.an_order(**ADA)

    for answer in (ask(shop, hostile, "5013"), ask(shop, "2026/001", hostile)):
        assert answer.status_code in (404, 422)
        assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("peers", "limit"),
    [(["198.51.100.7"], lookup.TRIES_OF_ADDRESS), ([f"198.51.100.{n}" for n in range(200)], lookup.TRIES_OF_NETWORK)],
    ids=["one address", "one network"],
)
def test_one_guesser_on_many_orders_stops_at_the_set_number(behind_proxy: Shop, peers: list[str], limit: Any) -> None:
    answers = [ask(behind_proxy, f"2026/{n:04}", "5013", peer=peers[n % len(peers)]) for n in range(300)]

    assert [answer.status_code for answer in answers].count(404) == limit[0].limit
    refused = answers[-1]
    assert refused.status_code == 429
    assert 60 <= int(refused.headers["retry-after"]) <= 3600 + 120
    assert "The link in any message" in refused.text


def test_who_waits_may_try_again(behind_proxy: Shop) -> None:
    behind_proxy.an_order(**ADA)
    for n in range(30):
        ask(behind_proxy, "2026/001", f"{n:04}", peer=f"203.0.{n}.7")
    behind_proxy.clocks.pass_by(timedelta(hours=1, minutes=5))

    answer = ask(behind_proxy, "2026/001", "5013", peer="203.0.99.7")

    assert answer.status_code == 303


def test_counting_tries_keeps_no_address(behind_proxy: Shop) -> None:
    ask(behind_proxy, "2026/001", "5013", peer="198.51.100.7")

    with behind_proxy.app.store.read() as snapshot:
        names = list(snapshot.connection.execute(select(counters.c.scope)).scalars())
    assert len(names) == 6
    assert not any("198.51" in name or "2026" in name for name in names)


def test_a_form_on_another_site_does_nothing(small_shop: Shop) -> None:
    small_shop.an_order(**ADA)

    answer = ask(small_shop, "2026/001", "5013", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "location" not in answer.headers


def test_who_was_erased_cannot_be_found_by_address(small_shop: Shop) -> None:
    small_shop.an_order(**ADA)
    with small_shop.app.store.begin() as connection:
        order_id = connection.execute(select(orders.c.id)).scalar_one()
        people.erase(connection, order_id, at=small_shop.clocks.shop)

    assert ask(small_shop, "2026/001", "ada@shopper.example").status_code == 404


def test_revoked_links_are_not_given_out_again(small_shop: Shop) -> None:
    small_shop.an_order(**ADA)
    with small_shop.app.store.begin() as connection:
        order_id = connection.execute(select(orders.c.id)).scalar_one()
        people.revoke_links(connection, order_id, at=small_shop.clocks.shop)

    assert ask(small_shop, "2026/001", "5013").status_code == 404


def test_a_shops_own_form_finds_only_its_orders(small_shop: Shop) -> None:
    small_shop.an_order(**ADA)

    body = {"number": "2026/001", "proof": "5013", "brand": small_shop.other_brand}
    answer = small_shop.client.request("POST", "/track", data=body)

    assert answer.status_code == 404
    assert small_shop.app.brands[small_shop.other_brand].name in answer.text


def test_a_refusal_takes_its_time_whatever_was_wrong(small_shop: Shop) -> None:
    small_shop.an_order(**ADA)
    slept: list[float] = []

    async def pause(seconds: float) -> None:
        slept.append(seconds)

    with planted(lookup, "REFUSED_AFTER", 60.0), planted(lookup, "sleep", pause):
        ask(small_shop, "2026/001", "5014")
        ask(small_shop, "2026/002", "5013")

    assert len(slept) == 2
    assert all(50 < seconds <= 60 + lookup.DRAWN / 1e6 for seconds in slept)


def test_work_that_outlasts_the_pause_ends_with_the_next_one() -> None:
    slept: list[float] = []

    async def pause(seconds: float) -> None:
        slept.append(seconds)

    with planted(lookup, "REFUSED_AFTER", 60.0), planted(lookup, "sleep", pause):
        asyncio.run(lookup.wait_out(time.monotonic() - 150))

    assert 20 < slept[0] <= 30 + lookup.DRAWN / 1e6


@pytest.mark.parametrize("path", ["/", "/track"])
def test_the_form_is_at_the_front_door_too(small_shop: Shop, path: str) -> None:
    answer = small_shop.client.get(path)

    assert answer.status_code == 200
    assert '<form class="find" method="post" action="/track">' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def _without_id(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers.items() if name not in ("x-request-id", "date")]
