"""What a shopper does from below the page: says what is wrong, says how it was, and is believed once."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from carriers.events import Clock, Milestone, Place, Reason, Tracked, TrackingEvent
from tests.planting import planted
from tests.web.shop import UPS, Shop
from tracker import ratings, tickets
from tracker.domain.shipments import ShipmentId
from tracker.domain.tickets import Check, Ticket, TicketKind
from tracker.pipeline.ingest import ingest
from tracker.pipeline.ports import Quota
from tracker.store.tickets import WantedTickets
from tracker.web import reporting

LOOKED = {"door": "yes", "household": "yes", "neighbours": "yes"}
HERE = {"Sec-Fetch-Site": "same-origin"}


def scanned(shop: Shop, shipment_id: str, number: str, *milestones: Milestone, reason: Reason | None = None) -> None:
    """One parcel's scans, an hour apart, the last an hour ago."""
    scans = tuple(
        TrackingEvent(
            code=f"X/{n}",
            milestone=milestone,
            reason=reason if n == len(milestones) - 1 else None,
            occurred_at=shop.clocks.shop - timedelta(hours=len(milestones) - n),
            clock=Clock.EXACT,
            utc_offset_minutes=60,
            local_text=f"2026-05-04T{n:02}:00",
            place=Place(city="Oslo" if n else "Hamburg", country="NO" if n else "DE"),
            text=f"scan {n}",
        )
        for n, milestone in enumerate(milestones)
    )
    answer = Tracked(tracking_number=number, events=scans, service="UPS Standard", left_with="Front Door")
    with shop.app.store.write() as unit:
        dossier = unit.dossier(ShipmentId(shipment_id))
        seen_at, machine_now = shop.clocks.shop, shop.clocks.machine
        ingest(unit, dossier, [answer], seen_at=seen_at, machine_now=machine_now, rules=shop.app.rules)


def a_page(shop: Shop, *milestones: Milestone, reason: Reason | None = None, number: str = "2026/001") -> str:
    """The path of an order whose only parcel was scanned so."""
    registered = shop.an_order(number)
    scanned(shop, registered["order"]["shipments"][0]["id"], UPS[0], *milestones, reason=reason)
    return shop.page_path(registered)


def delivered(shop: Shop) -> str:
    return a_page(shop, Milestone.IN_TRANSIT, Milestone.DELIVERED, reason=Reason.SAFE_PLACE)


def send(shop: Shop, path: str, fields: dict[str, str], **more: Any) -> httpx.Response:
    return shop.client.request("POST", path, data=fields, headers=more.pop("headers", HERE), **more)


def written(shop: Shop) -> list[Ticket]:
    return list(tickets.tickets(shop.app, WantedTickets()).rows)


def text_of(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_who_has_waited_is_not_told_to_wait(small_shop: Shop) -> None:
    path = delivered(small_shop)

    answer = send(small_shop, f"{path}/missing", LOOKED | {"waited": "yes"})

    thanks = text_of(small_shop.client.get(answer.headers["location"]))
    assert "has your message" in thanks
    assert "next working day" not in thanks


def test_a_missing_parcel_becomes_a_ticket_with_what_the_carrier_said(shop: Shop) -> None:
    path = delivered(shop)
    asked = shop.client.get(f"{path}/missing")

    answer = send(shop, f"{path}/missing", LOOKED | {"comment": "Nothing at the door."})

    assert "Front Door" in text_of(asked)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/thanks?about=missing")
    assert "has your message" in text_of(shop.client.get(answer.headers["location"]))
    assert "by the end of the next working day" in text_of(shop.client.get(answer.headers["location"]))
    (ticket,) = written(shop)
    assert (ticket.kind, ticket.comment, ticket.order_number) == (
        TicketKind.MISSING,
        "Nothing at the door.",
        "2026/001",
    )
    assert ticket.checks == {Check.DOOR, Check.HOUSEHOLD, Check.NEIGHBOURS}
    assert ticket.evidence is not None
    assert (ticket.evidence.left_with, ticket.evidence.milestone) == ("Front Door", Milestone.DELIVERED)
    assert ticket.evidence.page_seen_at == shop.clocks.shop  # it was written from there


def test_the_page_says_at_once_that_the_shop_knows(small_shop: Shop) -> None:
    path = delivered(small_shop)
    answer = small_shop.client.get(path)
    before, button = text_of(answer), f'href="{path}/missing"'
    send(small_shop, f"{path}/missing", LOOKED)
    small_shop.clocks.pass_by(timedelta(minutes=1))

    answer_after = small_shop.client.get(path)
    after = text_of(answer_after)
    ticket = written(small_shop)[0]
    tickets.close(small_shop.app, ticket.id, who="ada", note="Found.")
    small_shop.clocks.pass_by(timedelta(minutes=1))

    assert "You told us" not in before
    assert "You told us that it has not arrived." in after
    assert ("Cannot find it?" in before, "Cannot find it?" in after) == (True, False)
    assert (button in answer.text, button in answer_after.text) == (True, False)
    assert "How was the delivery?" in before
    assert "How was the delivery?" not in after
    assert "You told us" not in text_of(small_shop.client.get(path))
    assert button in small_shop.client.get(path).text


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("missing", {"door": "yes", "comment": "Typed text <b>"}, "tick all three"),
        ("damaged", {"comment": "   "}, "write a few words"),
        ("problem", {"comment": "x" * 1001}, "1,000 characters"),
    ],
)
def test_what_is_not_taken_says_what_to_do_and_keeps_what_was_typed(
    small_shop: Shop, kind: str, fields: dict[str, str], says: str
) -> None:
    path = delivered(small_shop)

    answer = send(small_shop, f"{path}/{kind}", fields)

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert fields["comment"] in unescape(answer.text)
    assert "<b>" not in answer.text
    assert written(small_shop) == []


def test_what_was_ticked_stays_ticked(small_shop: Shop) -> None:
    answer = send(small_shop, f"{delivered(small_shop)}/missing", {"door": "yes"})

    assert re.findall(r'name="(\w+)" value="yes" checked', answer.text) == ["door"]


def test_a_form_on_another_site_does_nothing(small_shop: Shop) -> None:
    path = delivered(small_shop)

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert send(small_shop, f"{path}/missing", LOOKED, headers=headers).status_code == 403
        assert send(small_shop, f"{path}/rating", {"score": "0"}, headers=headers).status_code == 403

    assert written(small_shop) == []
    assert ratings.ratings(small_shop.app) == ()


def test_our_own_forms_are_taken_however_little_the_browser_says(small_shop: Shop) -> None:
    path = delivered(small_shop)

    for headers in ({"Origin": "null"}, {"Origin": "https://track.test"}, {}, HERE):
        assert send(small_shop, f"{path}/missing", LOOKED, headers=headers).status_code == 303


def test_saying_it_again_is_one_ticket_and_saying_it_all_day_ends(small_shop: Shop) -> None:
    path = delivered(small_shop)

    answers = [send(small_shop, f"{path}/missing", LOOKED | {"comment": f"{n}"}) for n in range(15)]

    limit = reporting.TRIES_OF_LINK[0].limit
    assert [each.status_code for each in answers] == [303] * limit + [429] * (15 - limit)
    assert "Please try again in" in text_of(answers[-1])
    assert ">14</textarea>" in answers[-1].text
    assert [(each.comment, each.times) for each in written(small_shop)] == [(f"{limit - 1}", limit)]


def test_one_address_cannot_fill_the_list(small_shop: Shop) -> None:
    paths = [small_shop.page_path(small_shop.an_order(f"N{n}")) for n in range(5)]

    with planted(reporting, "TRIES_OF_ADDRESS", (Quota(limit=3, per=timedelta(hours=1)),)):
        answers = [send(small_shop, f"{path}/problem", {"comment": "x"}).status_code for path in paths]

    assert answers == [303] * 3 + [429] * 2


def test_a_link_that_leads_nowhere_leads_nowhere_below_it(small_shop: Shop) -> None:
    nowhere = f"/t/{'A' * 24}"

    read = [small_shop.client.get(f"{nowhere}/{word}").status_code for word in (*TicketKind, "thanks", "rating")]
    posted = [send(small_shop, f"{nowhere}/{word}", LOOKED).status_code for word in (*TicketKind, "rating")]

    assert {*read, *posted} == {404}


def test_what_cannot_be_so_leads_back_to_the_page(small_shop: Shop) -> None:
    path = a_page(small_shop, Milestone.IN_TRANSIT)

    for word in ("missing", "damaged", "rating"):
        answer = small_shop.client.get(f"{path}/{word}")
        posted = send(small_shop, f"{path}/{word}", LOOKED | {"score": "5"})
        assert [each.headers["location"] for each in (answer, posted)] == [path, path]
    assert small_shop.client.get(f"{path}/address").status_code == 200
    assert written(small_shop) == []


def test_a_rating_is_kept_by_lane_and_may_be_changed(small_shop: Shop) -> None:
    path = delivered(small_shop)
    assert f'action="{path}/rating"' in small_shop.client.get(path).text

    first = send(small_shop, f"{path}/rating", {"score": "3", "comment": "Late & wet"})
    seen = text_of(small_shop.client.get(first.headers["location"]))
    send(small_shop, f"{path}/rating", {"score": "9", "comment": "Dry after all"})

    assert first.headers["location"] == f"{path}/rating"
    assert "You gave 3 of 10" in seen
    assert "wet" not in seen, "whoever was sent the link must not read it"
    (only,) = ratings.ratings(small_shop.app)
    assert (only.n, only.mean, [each.text for each in only.remarks]) == (1, 9.0, ["Dry after all"])
    assert (only.lane.carrier, only.lane.from_country, only.lane.to_country) == ("ups", "DE", "NO")
    assert only.lane.service == "UPS Standard"


def test_a_rating_sent_again_without_a_comment_takes_the_old_one_back(small_shop: Shop) -> None:
    path = delivered(small_shop)
    send(small_shop, f"{path}/rating", {"score": "3", "comment": "Late & wet"})

    send(small_shop, f"{path}/rating", {"score": "9", "comment": ""})

    (only,) = ratings.ratings(small_shop.app)
    assert (only.n, only.mean, only.remarks) == (1, 9.0, ())


def test_a_score_is_a_number_from_0_to_10(small_shop: Shop) -> None:
    path = delivered(small_shop)

    for score in ("", "11", "-1", "ten", "٣", "1e1"):
        answer = send(small_shop, f"{path}/rating", {"score": score, "comment": "Kept."})
        assert answer.status_code == 422
        assert "from 0 to 10" in text_of(answer)
        assert "Kept." in answer.text


def test_only_what_was_delivered_is_rated(small_shop: Shop) -> None:
    others = (Milestone.RETURNED, Milestone.LOST, Milestone.EXCEPTION, Milestone.OUT_FOR_DELIVERY)
    paths = [a_page(small_shop, Milestone.IN_TRANSIT, ends, number=ends) for ends in others]

    assert not any("How was the delivery?" in small_shop.client.get(path).text for path in paths)
    assert "How was the delivery?" in small_shop.client.get(delivered(small_shop)).text


def test_pages_below_are_kept_by_nobody_and_set_nothing(small_shop: Shop) -> None:
    path = delivered(small_shop)

    for word in ("missing", "rating", "thanks"):
        answer = small_shop.client.get(f"{path}/{word}")
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "set-cookie" not in answer.headers


def test_too_much_is_not_read(small_shop: Shop) -> None:
    answer = send(small_shop, f"{delivered(small_shop)}/problem", {"comment": "x" * 40_000})

    assert answer.status_code == 422
    assert "1,000 characters" in text_of(answer)


def test_one_of_several_parcels_is_chosen_and_named_in_the_ticket(small_shop: Shop) -> None:
    registered = small_shop.an_order(shipments=[{"tracking_number": number} for number in UPS[:2]])
    ids = [each["id"] for each in registered["order"]["shipments"]]
    for shipment_id, number in zip(ids, UPS, strict=False):
        scanned(small_shop, shipment_id, number, Milestone.DELIVERED)
    path = small_shop.page_path(registered)

    asked = small_shop.client.get(f"{path}/missing").text
    send(small_shop, f"{path}/missing", LOOKED | {"shipment": ids[0]})

    assert all(f'name="shipment" value="{each}"' in asked for each in ids)
    (ticket,) = written(small_shop)
    assert (ticket.shipment_id, ticket.evidence and ticket.evidence.tracking_number) == (ids[0], UPS[0])


def test_forms_and_answers_keep_the_language_that_was_chosen(small_shop: Shop) -> None:
    path = delivered(small_shop)

    asked = small_shop.client.get(f"{path}/missing?lang=de").text
    answer = send(small_shop, f"{path}/missing?lang=de", LOOKED)

    assert 'lang="de' in asked
    assert f'action="{path}/missing?lang=de"' in asked
    assert answer.headers["location"] == f"{path}/thanks?about=missing&lang=de"


def test_nothing_a_shopper_writes_is_logged(small_shop: Shop) -> None:
    path = delivered(small_shop)

    with capture_logs() as events:
        send(small_shop, f"{path}/missing", LOOKED | {"comment": "5 Hill Road"})
        send(small_shop, f"{path}/rating", {"score": "3", "comment": "5 Hill Road"})

    lines = str(events)
    assert "ticket_written" in lines
    assert "Hill" not in lines
    assert path.removeprefix("/t/") not in lines
