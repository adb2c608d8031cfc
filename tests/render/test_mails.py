"""A mail is true, complete in text and HTML, and safe to put on the wire."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from itertools import product
from pathlib import Path

import pytest

from carriers.events import Milestone, Place, Reason
from tests.render.brands import SOUND, TRAIL
from tests.render.mails import PAGE, STOP, STORIES, render, told
from tracker.domain.brands import Brand
from tracker.domain.notices import LETTERS, Notice
from tracker.domain.shipments import DelayCause, Item
from tracker.render.gallery.orders import NOW, at, days
from tracker.render.renderer import TEMPLATES, Renderer

RENDERER = Renderer.load()
GOLDEN = Path(__file__).parent / "golden"
HOSTILE = "<script>alert(1)</script>\"'><img src=x>\u202egnp.exe\u2066\r\nBcc: a@b.example\x00\x85\u2028x"
UNSPOKEN = re.compile(r"None|Undefined|\b[a-z]+_[a-z_]+\b|%\(|\{\{|  +\S")


def words_of(html: str) -> str:
    body = html[html.index("<body") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body))).replace("\xa0", " ")


@pytest.mark.parametrize("name", STORIES)
def test_a_mail_reads_as_it_was_approved(name: str) -> None:
    mail = render(RENDERER, STORIES[name], TRAIL)

    assert f"{mail.subject}\n\n{mail.text}" == (GOLDEN / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("notice", Notice)
def test_every_notice_speaks_of_every_milestone_and_reason(notice: Notice) -> None:
    milestones = [milestone for milestone in Milestone if milestone is not Milestone.UNKNOWN]
    alone = product(milestones, [None, *Reason], [(1, 0, 0)])
    several = product(milestones, [None, Reason.ADDRESS], [(3, 1, 0), (3, 3, 0), (3, 0, 1), (3, 0, 2), (3, 0, 3)])
    for milestone, reason, parcels in (*alone, *several):
        of, done, at_once = parcels
        facts = told(notice, milestone=milestone, reason=reason, parcels=of, delivered=done, together=at_once)
        mail = render(RENDERER, facts, TRAIL)

        where = f"{notice} {milestone} {reason} {parcels}"
        for text in (mail.subject, mail.text.replace(PAGE, "").replace(STOP, ""), words_of(mail.html)):
            assert text.strip(), where
            assert not UNSPOKEN.search(text), f"{where}: {UNSPOKEN.search(text)}"


@pytest.mark.parametrize("cause", DelayCause)
def test_every_delay_says_why_and_whose_promise_was_missed(cause: DelayCause) -> None:
    facts = told(Notice.DELAYED, milestone=Milestone.IN_TRANSIT, delay=cause, window=days(21), occurred_at=at(22, 6))
    mail = render(RENDERER, facts, TRAIL)

    assert "Delayed since: Sat, Nov 22" in mail.text
    assert "UPS had planned to deliver it on Friday, November 21." in mail.text
    assert "Nov 21" not in mail.subject, "a day that has passed is no news"


@pytest.mark.parametrize("name", STORIES)
def test_text_and_html_state_the_same_facts(name: str) -> None:
    mail = render(RENDERER, STORIES[name], TRAIL)
    html = words_of(mail.html)

    body = mail.text.split("\n--\n", 1)[0]
    for line in filter(None, (line.strip() for line in body.splitlines())):
        parts = [line] if line.endswith(".") else re.split(r"^- (?:\d+ x )?|: ", line)
        missing = [part for part in parts if part and not part.startswith("http") and part.rstrip(":") not in html]
        assert not missing, f"only in the text part: {missing}"
    assert mail.html.count(f'href="{PAGE}"') == 1
    assert PAGE in mail.text


@pytest.mark.parametrize("brand", [TRAIL, SOUND], ids=["alpenglow", "volta"])
@pytest.mark.parametrize("name", STORIES)
def test_the_html_loads_nothing_and_has_one_heading(name: str, brand: Brand) -> None:
    html = render(RENDERER, STORIES[name], brand).html

    assert html.count("<h1") == 1
    assert not re.search(r"<(img|script|link|iframe|form)\b|url\(|src=|kept\d", html)
    assert 'lang="en-US" dir="ltr"' in html
    assert "prefers-color-scheme: dark" in html
    assert 'class="title" style="' in html, "styles are inlined"
    assert len(html.encode()) < 100_000


@pytest.mark.parametrize(
    ("parcels", "delivered", "subject"),
    [
        (1, 1, "Delivered: order 1001"),
        (3, 1, "Delivered: 1 of 3 parcels of order 1001"),
        (2, 2, "Delivered: both parcels of order 1001"),
        (3, 3, "Delivered: all 3 parcels of order 1001"),
    ],
)
def test_the_subject_counts_parcels(parcels: int, delivered: int, subject: str) -> None:
    facts = told(Notice.DELIVERED, milestone=Milestone.DELIVERED, parcels=parcels, delivered=delivered)

    assert render(RENDERER, facts, TRAIL).subject == subject


@pytest.mark.parametrize(
    ("parcels", "together", "earlier", "behind", "said"),
    [
        (3, 2, 0, 1, "2 of 3 parcels of order 1001"),
        (3, 1, 0, 2, "1 of 3 parcels of order 1001"),
        (3, 3, 0, 0, "all 3 parcels of order 1001"),
        (3, 1, 1, 1, "one more of 3 parcels of order 1001"),
        (5, 2, 1, 2, "2 more of 5 parcels of order 1001"),
        (3, 1, 2, 0, "the last of 3 parcels of order 1001"),
        (3, 1, 0, 0, "the last of 3 parcels of order 1001"),
        (5, 2, 3, 0, "the last 2 of 5 parcels of order 1001"),
        (1, 0, 0, 0, "order 1001"),
    ],
)
def test_what_several_parcels_do_is_said_with_their_number(
    parcels: int, together: int, earlier: int, behind: int, said: str
) -> None:
    facts = told(Notice.SHIPPED, parcels=parcels, together=together, earlier=earlier, behind=behind)

    assert render(RENDERER, facts, TRAIL).subject == f"On its way with UPS: {said}"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ((), "parcel 1Z999AA10123456784 of order 1001"),
        (("Tent",), "the parcel with Tent from order 1001"),
        (("Tent", "Stove"), "the parcel with Tent and 1 more item from order 1001"),
        (("Tent", "Stove", "Mug"), "the parcel with Tent and 2 more items from order 1001"),
    ],
)
def test_trouble_names_the_parcel_it_befalls(items: tuple[str, ...], said: str) -> None:
    inside = tuple(Item(name=name) for name in items)
    facts = told(Notice.EXCEPTION, milestone=Milestone.EXCEPTION, reason=Reason.CUSTOMS, parcels=3, items=inside)

    assert render(RENDERER, facts, TRAIL).subject == f"Waiting for customs: {said}"


def test_parcels_of_two_carriers_are_not_said_to_be_with_one() -> None:
    facts = told(Notice.SHIPPED, milestone=Milestone.PICKED_UP, carrier="", parcels=2, together=2, tracking_number="")
    mail = render(RENDERER, facts, TRAIL)

    assert mail.subject == "On its way: both parcels of order 1001"
    assert "carrier" not in mail.text.casefold()


@pytest.mark.parametrize("milestone", [Milestone.DELIVERED, Milestone.READY_FOR_PICKUP, Milestone.RETURNED])
def test_a_parcel_that_has_come_is_not_expected_any_more(milestone: Milestone) -> None:
    mail = render(RENDERER, told(Notice.DELIVERED, milestone=milestone, window=days(24)), TRAIL)

    assert "Expected" not in mail.text
    assert "expects" not in mail.text


def test_what_is_still_to_come_is_counted_in_the_right_number() -> None:
    one = told(Notice.DELIVERED, milestone=Milestone.DELIVERED, parcels=3, delivered=2)
    two = told(Notice.DELIVERED, milestone=Milestone.DELIVERED, parcels=3, delivered=1)

    assert "1 parcel of this order is still to come." in render(RENDERER, one, TRAIL).text
    assert "2 parcels of this order are still to come." in render(RENDERER, two, TRAIL).text


def test_today_is_said_only_of_today() -> None:
    facts = told(Notice.OUT_FOR_DELIVERY, milestone=Milestone.OUT_FOR_DELIVERY)

    assert "today" in render(RENDERER, facts, TRAIL).subject
    assert "today" not in render(RENDERER, facts, TRAIL, planned_at=NOW + timedelta(days=1)).subject


def test_a_correction_says_plainly_what_was_wrong() -> None:
    mail = render(RENDERER, STORIES["corrected"], TRAIL)

    assert mail.subject == "Correction: order 1001 has not been delivered"
    assert "We wrote “Delivered”. That was wrong" in mail.text


def test_the_same_facts_give_the_same_bytes() -> None:
    first, again = (render(Renderer.load(), STORIES["shipped"], TRAIL) for _ in range(2))

    assert first == again
    assert first.message_id == "<n-7f3a@mail.alpenglow.example>"


def test_mails_of_one_order_form_a_thread_and_those_of_another_do_not() -> None:
    shipped, delivered = (render(RENDERER, STORIES[name], TRAIL) for name in ("shipped", "delivered"))
    other = render(RENDERER, replace(STORIES["shipped"], order_number="1002"), TRAIL)

    assert shipped.thread_id == delivered.thread_id != other.thread_id
    assert re.fullmatch(r"<order-[0-9a-f]{32}@mail\.alpenglow\.example>", shipped.thread_id)


def test_hostile_data_stays_text_and_starts_no_header() -> None:
    facts = told(
        Notice.DELIVERED,
        milestone=Milestone.DELIVERED,
        order_number=HOSTILE,
        tracking_number=HOSTILE,
        carrier=HOSTILE,
        left_with=HOSTILE,
        place=Place(city=HOSTILE, region=HOSTILE, country=HOSTILE),
        items=(Item(name=HOSTILE, quantity=2),),
        pickup_by=date(2025, 12, 1),
    )
    mail = render(RENDERER, facts, replace(TRAIL, name=HOSTILE, footer=HOSTILE), name=HOSTILE)

    assert not re.search(r"<(script|img)", mail.html)
    for text in (mail.subject, mail.text.replace("\n", ""), mail.html.replace("\n", "")):
        assert not re.search("[\x00-\x1f\x85\u2028\u202e\u2066]", text)
    assert "\nBcc:" not in mail.text
    headers = (mail.subject, mail.to, mail.sender, mail.reply_to, mail.message_id, mail.thread_id, mail.feedback_id)
    assert not [value for value in headers if re.search(r"[\r\n]", value)]


@pytest.mark.parametrize("brand", [replace(TRAIL, mail_from=HOSTILE), replace(TRAIL, reply_to="a@b.example\nBcc: x")])
def test_a_sender_that_could_start_a_header_is_refused(brand: Brand) -> None:
    with pytest.raises(ValueError, match="line break or a control character"):
        render(RENDERER, STORIES["shipped"], brand)


def test_endless_data_is_cut() -> None:
    endless = "A" * 10_000
    facts = replace(
        STORIES["delivered"], order_number=endless, left_with=endless, items=(Item(name=endless, quantity=1),) * 500
    )
    mail = render(RENDERER, facts, replace(TRAIL, footer=endless), name=endless)

    assert len(mail.subject) <= 200
    assert len(mail.html.encode()) < 100_000
    assert "and 488 more" in mail.text


def test_essential_mail_offers_no_way_out_and_other_mail_does() -> None:
    optional = render(RENDERER, STORIES["shipped"], TRAIL)
    essential = render(RENDERER, STORIES["shipped"], TRAIL, stop="")

    assert optional.unsubscribe_url == STOP
    assert STOP in optional.text
    assert f'href="{STOP}"' in optional.html
    assert essential.unsubscribe_url == ""
    assert "Stop these messages" not in essential.text + essential.html


def test_a_brands_own_template_goes_first(tmp_path: Path) -> None:
    for path in (Path("email/layout.txt"), Path("email/layout.html"), Path("email/mail.css"), Path("email/shipped")):
        source, target = TEMPLATES / path, tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)
    own = tmp_path / "brands/volta/email/shipped/subject.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Volume up: {{ mail.order }}\n")
    renderer = Renderer.load(tmp_path)

    assert render(renderer, STORIES["shipped"], SOUND).subject == "Volume up: order 1001"
    assert render(renderer, STORIES["shipped"], TRAIL).subject.startswith("Arrives")


@pytest.mark.parametrize("name", STORIES)
def test_news_leads_to_its_readers_own_settings_and_letters_do_not(name: str) -> None:
    mail = render(RENDERER, STORIES[name], TRAIL, stop="")
    is_news = STORIES[name].notice not in LETTERS

    assert (f"My messages: {PAGE}/messages" in mail.text) is is_news
    assert (f'href="{PAGE}/messages"' in mail.html) is is_news
