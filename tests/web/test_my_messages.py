"""My messages: stopped by anybody with the link, changed only with one thing more, never undone, nobody spammed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select

from carriers.events import Milestone
from notifiers.message import Channel, Message
from tests.domain.builders import a_scan
from tests.web.shop import Shop, opened
from tracker.domain.notices import Notice, NotificationState
from tracker.domain.people import Recipient
from tracker.domain.wishes import Kind, Wishes
from tracker.store import people as store_people
from tracker.store import readers
from tracker.store.codec import from_plain
from tracker.store.machine_tables import counters
from tracker.store.outbox_tables import notifications, suppressions
from tracker.store.people import Suppression
from tracker.store.readers import Chosen
from tracker.store.tables import orders, recipients
from tracker.store.vault import PAGE_TOKEN_CHARACTERS
from tracker.web import messages, proof

ADA: dict[str, Any] = {
    "recipients": [{"name": "Ada Nord", "email": "ada@shopper.example", "phone": "+47 22 86 40 00", "locale": "en"}]
}
SAVE = {
    "act": "save",
    "channel-email": "on",
    "kind-delivered": "on",
    "language": "",
    "since": "21:00",
    "until": "08:30",
    "zone": "Europe/Oslo",
}


def post(shop: Shop, path: str, said: dict[str, str], **headers: str) -> httpx.Response:
    answer: httpx.Response = shop.client.request("POST", path, data=said, headers=headers)
    return answer


def prove(shop: Shop, page: str, what: str = "5013", *, leads_to: str = "messages") -> httpx.Response:
    return post(shop, f"{page}/proof", {"proof": what, "next": leads_to})


def people(shop: Shop, number: str = "2026/001") -> tuple[Recipient, ...]:
    with shop.app.store.write() as unit:
        order_id = unit.order_id(shop.brand, number)
        assert order_id is not None
        return unit.order_dossier(order_id)[0].recipients


def stops(shop: Shop) -> list[tuple[str, str, str]]:
    with shop.app.store.read() as snapshot:
        return [(row.channel, row.brand, row.source) for row in snapshot.connection.execute(select(suppressions))]


def letters(shop: Shop, notice: Notice) -> list[tuple[str, Message | None]]:
    """State and text of every such mail, handed to nobody: sending is off here."""
    while shop.app.work_directly(["dispatch"], stopping=lambda: False):
        pass
    vault = shop.app.store.vault
    with shop.app.store.read() as snapshot:
        rows = snapshot.connection.execute(select(notifications).where(notifications.c.notice == notice)).all()
    return [
        (row.state, from_plain(Message, vault.unseal(row.sealed_message)) if row.sealed_message else None)
        for row in rows
    ]


@pytest.fixture
def page(shop: Shop) -> str:
    return shop.page_path(shop.an_order(**ADA))


@pytest.fixture(scope="module")
def one_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Making one takes longer than what most of these tests do with it."""
    folder = tmp_path_factory.mktemp("messages")
    with opened(f"sqlite:///{folder}/wismo.sqlite3", folder / "data") as shop:
        yield shop


@pytest.fixture
def small_shop(one_shop: Shop) -> Shop:
    """As good as new: no order, no cookie, and all tries of the test before are forgotten."""
    with one_shop.app.store.begin() as connection:
        for table in (orders, suppressions, counters):
            connection.execute(delete(table))
    one_shop.client.cookies.clear()
    return one_shop


def test_the_link_alone_shows_masked_addresses_and_no_form_but_stop(small_shop: Shop) -> None:
    shop, page = small_shop, small_shop.page_path(small_shop.an_order(**ADA))

    answer = shop.client.get(f"{page}/messages")

    assert answer.status_code == 200
    assert "a***@shopper.example" in answer.text
    for hidden in ("ada@shopper", "Ada", "Nord", "864000", "5013"):
        assert hidden not in answer.text
    assert re.findall(r'name="act" value="(\w+)"', answer.text) == ["stop"]
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_changing_needs_the_proof_and_gets_a_cookie_only_then(shop: Shop, page: str) -> None:
    refused = post(shop, f"{page}/messages", SAVE | {"person": people(shop)[0].id})
    wrong = prove(shop, page, "5014")
    assert people(shop)[0].wishes == Wishes()
    assert (refused.status_code, refused.headers["location"]) == (303, f"{page}/messages")
    assert wrong.headers["location"] == f"{page}/messages?said=wrong"
    assert not {"set-cookie"} & {*refused.headers, *wrong.headers}

    right = prove(shop, page)
    saved = post(shop, f"{page}/messages", SAVE | {"person": people(shop)[0].id})

    cookie = right.headers["set-cookie"]
    assert all(part in cookie for part in (f"Path={page}/", "HttpOnly", "Secure", "SameSite=strict", "Max-Age=900"))
    assert saved.headers["location"] == f"{page}/messages?said=saved"
    ada = people(shop)[0]
    assert ada.wishes.silent == {Kind.ON_ITS_WAY, Kind.DELIVERY_DAY, Kind.DELAYS}
    assert ada.wishes.off == frozenset()  # texts stand on no form here: nobody has switched them off
    assert (str(ada.wishes.quiet.since), ada.zone) == ("21:00:00", "Europe/Oslo") if ada.wishes.quiet else False
    assert "Saved." in shop.client.get(saved.headers["location"]).text
    assert shop.client.get(page).status_code == 200


@pytest.mark.parametrize("what", ["ada@shopper.example", "22 86 40 00", "5013"])
def test_whatever_was_given_with_the_order_proves_it(small_shop: Shop, what: str) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))

    assert prove(small_shop, page, what).headers["location"] == f"{page}/messages"
    assert 'name="act" value="save"' in small_shop.client.get(f"{page}/messages").text


def test_a_proof_is_for_one_link_and_a_quarter_of_an_hour(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    other = small_shop.page_path(small_shop.an_order("2026/002", **ADA))
    cookie = prove(small_shop, page).headers["set-cookie"].partition(";")[0]
    small_shop.client.cookies.clear()

    def may_change(path: str) -> bool:
        return "save" in small_shop.client.get(f"{path}/messages", headers={"cookie": cookie}).text

    assert (may_change(page), may_change(other)) == (True, False)
    small_shop.clocks.machine += proof.LASTS
    assert not may_change(page)


def test_an_address_is_known_for_a_quarter_of_an_hour_whatever_is_proven_later(shop: Shop, page: str) -> None:
    post(shop, f"{page}/messages", {"act": "stop"})
    prove(shop, page, "ada@shopper.example")
    shop.clocks.machine += proof.LASTS / 2
    prove(shop, page)
    before = shop.client.get(f"{page}/messages").text

    shop.clocks.machine += proof.LASTS / 2
    after = shop.client.get(f"{page}/messages").text
    refused = post(shop, f"{page}/messages", {"act": "resume"})

    assert ["Send me messages again" in each for each in (before, after)] == [True, False]
    assert 'value="save"' in after, "the postcode was typed later"
    assert refused.headers["location"].endswith("said=theirs")
    assert len(stops(shop)) == 2


def test_guessing_the_proof_stops_at_the_set_number_and_the_page_still_opens(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))

    answers = [prove(small_shop, page, f"{n}").headers["location"] for n in range(6000, 6015)]

    assert [each.partition("said=")[2] for each in answers].count("wrong") == proof.TRIES["order"][0].limit
    assert prove(small_shop, page).headers["location"].endswith("said=often")
    assert small_shop.client.get(page).status_code == 200
    assert post(small_shop, f"{page}/messages", {"act": "stop"}).headers["location"].endswith("said=stopped")


def test_anybody_with_the_link_may_stop_and_only_who_proves_more_may_resume(shop: Shop, page: str) -> None:
    post(shop, f"{page}/messages", {"act": "stop"})
    assert sorted(stops(shop)) == [("email", shop.brand, "my messages"), ("sms", shop.brand, "my messages")]

    post(shop, f"{page}/messages", {"act": "resume"})
    assert len(stops(shop)) == 2

    prove(shop, page)
    assert post(shop, f"{page}/messages", {"act": "resume"}).headers["location"].endswith("said=theirs")
    assert len(stops(shop)) == 2, "who has a forwarded link and a postcode resumes nothing"

    prove(shop, page, "ada@shopper.example")
    assert "Send me messages again" in shop.client.get(f"{page}/messages").text
    assert post(shop, f"{page}/messages", {"act": "resume"}).headers["location"].endswith("said=resumed")
    assert [on for on, *_ in stops(shop)] == ["sms"], "each address is resumed by itself"

    prove(shop, page, "22 86 40 00")
    post(shop, f"{page}/messages", {"act": "resume"})
    assert stops(shop) == []


BOTH: dict[str, Any] = {
    "recipients": [
        {"name": "Ada", "email": "ada@shopper.example", "locale": "en"},
        {"name": "Bo", "email": "bo@shopper.example", "locale": "en"},
    ]
}


def test_one_address_proves_nothing_for_another(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**BOTH))
    _, bo = people(small_shop)
    post(small_shop, f"{page}/messages", {"act": "stop"})
    prove(small_shop, page, "ada@shopper.example")
    quiet = {name: value for name, value in SAVE.items() if not name.startswith(("channel", "kind"))}
    loud = SAVE | {f"kind-{kind}": "on" for kind in Kind}

    off = post(small_shop, f"{page}/messages", quiet | {"person": bo.id})
    on = post(small_shop, f"{page}/messages", loud | {"person": bo.id})
    post(small_shop, f"{page}/messages", {"act": "resume"})

    assert [each.headers["location"].partition("said=")[2] for each in (off, on)] == ["saved", "theirs"]
    wishes = people(small_shop)[1].wishes
    assert (wishes.off, wishes.silent) == (frozenset({Channel.EMAIL}), frozenset(Kind))
    vault = small_shop.app.store.vault
    with small_shop.app.store.read() as snapshot:
        left = snapshot.connection.execute(select(suppressions.c.contact_hmac)).scalars().all()
    assert left == [vault.contact_hmac(Channel.EMAIL, "bo@shopper.example")]

    prove(small_shop, page, "bo@shopper.example")
    answer = post(small_shop, f"{page}/messages", loud | {"person": bo.id})
    assert answer.headers["location"].endswith("said=saved")
    assert people(small_shop)[1].wishes.off == frozenset()
    assert people(small_shop)[1].wishes.silent == frozenset()


def test_what_is_on_no_form_stays_off(shop: Shop, page: str) -> None:
    (ada,) = people(shop)
    chosen = Wishes(off=frozenset({Channel.SMS}))  # while texts could be sent
    with shop.app.store.read() as snapshot:
        order_id = snapshot.connection.execute(select(recipients.c.order_id)).scalar_one()
    readers.choose(
        shop.app.store, Chosen(order_id=order_id, recipient_id=ada.id, wishes=chosen, agreed=()), at=shop.clocks.shop
    )

    for what in ("5013", "22 86 40 00"):
        prove(shop, page, what)
        answer = post(shop, f"{page}/messages", SAVE | {"person": ada.id})
        assert answer.headers["location"].endswith("said=saved")
        assert people(shop)[0].wishes.off == {Channel.SMS}


def test_who_is_told_to_type_an_address_finds_where(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    loud = SAVE | {f"kind-{kind}": "on" for kind in Kind} | {"person": people(small_shop)[0].id}
    prove(small_shop, page)
    seen = []

    for what in ("5013", "ada@shopper.example"):
        prove(small_shop, page, what)
        post(small_shop, f"{page}/messages", SAVE | {"person": people(small_shop)[0].id})
        answer = post(small_shop, f"{page}/messages", loud)
        shown = small_shop.client.get(answer.headers["location"]).text
        seen.append((answer.headers["location"].partition("said=")[2], 'name="proof"' in shown))

    assert seen == [("theirs", True), ("saved", False)]


def test_an_address_that_bounced_is_not_said_to_get_messages_again(shop: Shop, page: str) -> None:
    ada = shop.app.store.vault.contact_hmac(Channel.EMAIL, "ada@shopper.example")
    bounced = Suppression(
        channel=Channel.EMAIL, contact_hmac=ada, brand="", reason=store_people.BOUNCED, source="550 5.1.1"
    )
    with shop.app.store.begin() as connection:
        store_people.suppress(connection, bounced, at=shop.clocks.shop)
    prove(shop, page, "ada@shopper.example")

    for stopped_too in (False, True):
        if stopped_too:
            post(shop, f"{page}/messages", {"act": "stop"})
        shown = shop.client.get(f"{page}/messages").text
        answer = post(shop, f"{page}/messages", {"act": "resume"})

        assert "All messages are stopped." in shown
        assert not re.findall(r"use the form below|Send me messages again", shown)
        assert "said=resumed" not in answer.headers["location"]


def test_a_language_can_be_left_to_the_shop_again(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    prove(small_shop, page)
    person = {"person": people(small_shop)[0].id}

    spoken = []
    for language in ("de", ""):
        post(small_shop, f"{page}/messages", SAVE | person | {"language": language})
        spoken += re.findall(r'<html lang="(\w+)', small_shop.client.get(f"{page}/messages").text)

    assert spoken == ["de", "en"]


def test_a_choice_for_somebody_who_is_gone_says_so(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    prove(small_shop, page)

    answer = post(small_shop, f"{page}/messages", SAVE | {"person": "0" * 32})

    assert "gets no messages about this order any more" in small_shop.client.get(answer.headers["location"]).text


def test_a_form_too_long_to_be_one_of_ours_is_sent_back(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))

    answers = [post(small_shop, f"{page}/{word}", {"act": "x" * 40_000}) for word in ("messages", "proof")]

    assert [each.headers["location"] for each in answers] == [f"{page}/messages?said=long"] * 2


def test_a_form_from_elsewhere_does_nothing(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    prove(small_shop, page)

    answers = [
        post(small_shop, f"{page}/messages", {"act": "stop"}, **{"Sec-Fetch-Site": "cross-site"}),
        post(small_shop, f"{page}/proof", {"proof": "5013"}, **{"Sec-Fetch-Site": "cross-site"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    for answer in answers:
        assert "Please send it from this page: we take it from no other site." in answer.text
        assert f'href="{page}/messages"' in answer.text
        assert "This link does not work" not in answer.text
    assert stops(small_shop) == []


@pytest.mark.parametrize(
    "hours", [{"since": "21:00", "until": ""}, {"since": "9", "until": "9"}, {"zone": "Mars/Base"}, {"since": "25:00"}]
)
def test_hours_that_cannot_be_meant_are_asked_for_again(small_shop: Shop, hours: dict[str, str]) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    prove(small_shop, page)

    answer = post(small_shop, f"{page}/messages", SAVE | {"person": people(small_shop)[0].id} | hours)

    assert answer.headers["location"].endswith("said=hours")
    assert people(small_shop)[0].wishes == Wishes()


def test_another_recipient_is_asked_once_and_told_only_after_agreeing(shop: Shop, page: str) -> None:
    prove(shop, page)
    for _ in range(2):
        asked = post(shop, f"{page}/messages", {"act": "invite", "address": "bo@friend.example"})
        assert asked.headers["location"].endswith("said=asked")

    ((state, question),) = letters(shop, Notice.INVITED)
    assert (state, question.to if question else "") == (NotificationState.HELD, "bo@friend.example")
    assert question is not None
    assert "2026/001" not in question.text + question.html + question.subject
    assert len(people(shop)) == 1

    path = re.search(r"/i/[\w-]+", question.text)
    assert path
    assert "<form" in shop.client.get(path[0]).text
    assert len(people(shop)) == 1  # a scanner that opens the link has agreed to nothing
    own = post(shop, path[0], {}).headers["location"]

    friend = people(shop)[1]
    assert friend.invited
    assert [(each.granted, each.source) for each in friend.consents] == [(True, "confirmed by link")]
    assert own.startswith("/t/")
    assert not own.startswith(page)
    assert post(shop, path[0], {}).headers["location"] == own  # twice is once
    assert len(people(shop)) == 2

    shop.clocks.pass_by(timedelta(days=6))
    assert shop.client.get(path[0]).status_code == 200
    shop.clocks.pass_by(timedelta(days=1))
    assert [shop.client.get(path[0]).status_code, post(shop, path[0], {}).status_code] == [404, 404]
    assert shop.client.get(own).status_code == 200, "their own link stays"


def invite(shop: Shop, page: str, address: str = "bo@friend.example") -> int:
    """How many mails have asked somebody so far, after one more was wanted."""
    prove(shop, page)
    answer = post(shop, f"{page}/messages", {"act": "invite", "address": address})
    assert answer.headers["location"].endswith("said=asked")
    return len(letters(shop, Notice.INVITED))


def test_a_silent_stranger_is_asked_once_whoever_wants_it(shop: Shop) -> None:
    page, other = (shop.page_path(shop.an_order(number, **ADA)) for number in ("2026/001", "2026/002"))
    asked = [invite(shop, page)]
    with shop.app.store.read() as snapshot:
        (stranger,) = snapshot.connection.execute(
            select(recipients.c.id).where(recipients.c.invited_machine_at.is_not(None))
        ).scalars()
    post(shop, f"{page}/messages", {"act": "remove", "person": stranger})
    asked += [invite(shop, page), invite(shop, other)]
    shop.clocks.pass_by(timedelta(days=29))
    asked += [invite(shop, page), invite(shop, other)]
    shop.clocks.pass_by(timedelta(days=2))
    asked += [invite(shop, page), invite(shop, other), invite(shop, other)]

    assert asked == [1, 1, 1, 1, 1, 1, 2, 2], "for another order after thirty days, for the same one never again"


def test_who_has_agreed_once_can_be_asked_about_another_order(small_shop: Shop) -> None:
    page, other = (small_shop.page_path(small_shop.an_order(number, **ADA)) for number in ("2026/001", "2026/002"))
    befriended(small_shop, page)

    assert invite(small_shop, other) == 2


def befriended(shop: Shop, page: str) -> str:
    """The own page of a friend who has agreed."""
    prove(shop, page)
    post(shop, f"{page}/messages", {"act": "invite", "address": "bo@friend.example"})
    ((_, question),) = letters(shop, Notice.INVITED)
    path = re.search(r"/i/[\w-]+", question.text if question else "")
    assert path
    return str(post(shop, path[0], {}).headers["location"]).removesuffix("/messages")


def test_a_friend_reaches_only_their_own_messages(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    own = befriended(small_shop, page)

    assert small_shop.client.get(own).status_code == 200
    listed = small_shop.client.get(f"{own}/messages").text
    assert "b***@friend.example" in listed
    assert "shopper" not in listed
    assert small_shop.client.get(f"{own}/more").headers["location"] == f"{own}/messages"
    assert prove(small_shop, own, "5013").headers["location"].endswith("said=wrong")
    assert prove(small_shop, own, "bo@friend.example").headers["location"] == f"{own}/messages"
    assert prove(small_shop, page, "bo@friend.example").headers["location"].endswith("said=wrong")
    post(small_shop, f"{own}/messages", {"act": "stop"})
    assert len(stops(small_shop)) == 1


def test_removing_a_friend_ends_their_link(small_shop: Shop) -> None:
    shop, page = small_shop, small_shop.page_path(small_shop.an_order(**ADA))
    own = befriended(shop, page)
    friend = people(shop)[1]

    post(shop, f"{page}/messages", {"act": "remove", "person": friend.id})

    assert shop.client.get(f"{own}/messages").status_code == 404
    assert len(people(shop)) == 1
    post(shop, f"{page}/messages", {"act": "remove", "person": people(shop)[0].id})
    assert len(people(shop)) == 1  # whom the shop named is not a reader's to remove


def test_questions_to_strangers_are_few_and_lapse(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    prove(small_shop, page)

    said = [
        post(small_shop, f"{page}/messages", {"act": "invite", "address": f"b{n}@x.example"}).headers["location"]
        for n in range(5)
    ]
    asked = letters(small_shop, Notice.INVITED)
    path = re.search(r"/i/[\w-]+", asked[0][1].text if asked[0][1] else "")
    small_shop.clocks.pass_by(timedelta(days=7))

    assert [each.partition("said=")[2] for each in said] == ["asked"] * 3 + ["often"] * 2
    assert len(asked) == messages.QUESTIONS[0].limit
    assert path
    assert small_shop.client.get(path[0]).status_code == 404
    assert post(small_shop, path[0], {}).status_code == 404


def test_who_went_out_before_is_not_asked(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    other = small_shop.page_path(
        small_shop.an_order("2026/002", recipients=[{"name": "Bo", "email": "bo@friend.example"}])
    )
    post(small_shop, f"{other}/messages", {"act": "stop"})
    prove(small_shop, page)

    answer = post(small_shop, f"{page}/messages", {"act": "invite", "address": "bo@friend.example"})

    assert answer.headers["location"].endswith("said=asked")
    assert letters(small_shop, Notice.INVITED) == []


@pytest.mark.parametrize("address", ["", "bo", "bo@", "a@b.example, c@d.example", "x" * 300 + "@b.example"])
def test_what_is_no_address_is_said_to_be_none(small_shop: Shop, address: str) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    prove(small_shop, page)

    assert (
        post(small_shop, f"{page}/messages", {"act": "invite", "address": address})
        .headers["location"]
        .endswith("said=address")
    )


def test_name_and_place_and_who_signed_need_the_proof(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    signed = replace(a_scan(Milestone.DELIVERED), text="DELIVERED, SIGNED BY J SMITH")
    with small_shop.app.store.write() as unit:
        order_id = unit.order_id(small_shop.brand, "2026/001")
        assert order_id is not None
        (parcel,) = unit.order_dossier(order_id)[0].shipments
        unit.add_events(parcel.id, [signed], seen_at=small_shop.clocks.shop, not_seen_at=None)

    asked = small_shop.client.get(f"{page}/more")
    before = asked.text + small_shop.client.get(page).text
    prove(small_shop, page, leads_to="more")
    after = small_shop.client.get(f"{page}/more").text

    personal = ("Ada Nord", "5013 Bergen", "SIGNED BY J SMITH")
    assert (asked.status_code, 'name="proof"' in asked.text) == (200, True)
    assert not any(each in before for each in personal)
    assert all(each in after for each in personal)
    assert "ada@shopper.example" not in after


def test_the_space_of_links_is_too_large_to_guess() -> None:
    """A billion guesses a second for a hundred years against a billion orders find none."""
    bits = PAGE_TOKEN_CHARACTERS * 6
    guesses = 10**9 * 60 * 60 * 24 * 365 * 100

    assert bits >= 128
    assert guesses * 10**9 / 2**bits < 1e-12


def test_an_erased_reader_leaves_nothing_to_choose(small_shop: Shop) -> None:
    page = small_shop.page_path(small_shop.an_order(**ADA))
    with small_shop.app.store.begin() as connection:
        order_id = connection.execute(select(recipients.c.order_id)).scalar_one()
        store_people.erase(connection, order_id, at=small_shop.clocks.shop)

    answer = small_shop.client.get(f"{page}/messages")

    assert answer.status_code == 200
    assert "***" not in answer.text
