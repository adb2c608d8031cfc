"""Sentences, headings and labels stand beside each other as each language writes it."""

import html
import re

import pytest
from markupsafe import Markup, escape

from carriers.events import Milestone, Reason
from tests.render.brands import TRAIL
from tests.render.extraction import LANGUAGES
from tests.render.mails import PAGE, STOP, STORIES, render, told
from tracker.domain.notices import LETTERS, Notice
from tracker.render import headings, lists
from tracker.render.gallery.orders import HOME, NOW
from tracker.render.gallery.states import all_states
from tracker.render.languages import Language
from tracker.render.renderer import Renderer

RENDERER = Renderer.load()
LOOSE = re.compile(r"[。！？：」] (?!http)")  # a blank behind a sign that is as wide as a letter and its blank
TAGS = re.compile(r"<(style|script|svg).*?</\1>|<[^>]+>", re.DOTALL)


def language(name: str) -> Language:
    return RENDERER.languages.choose(name.replace("_", "-"), "en")


@pytest.mark.parametrize(
    ("name", "sentences", "said"),
    [
        ("en", ("It came.", "", "It was left."), "It came. It was left."),
        ("zh_Hans", ("已送达。", "请看看。", "https://a.example/t/1"), "已送达。请看看。 https://a.example/t/1"),
        ("ja", ("届きました。", "ご確認ください。"), "届きました。ご確認ください。"),
        ("ko", ("도착했습니다.", "확인해 주세요."), "도착했습니다. 확인해 주세요."),
        ("th", ("ส่งแล้ว", "โปรดดู"), "ส่งแล้ว โปรดดู"),
        ("hi", ("पहुँच गया।", "देखें।"), "पहुँच गया। देखें।"),
    ],
)
def test_sentences_follow_each_other_as_the_language_writes(name: str, sentences: tuple[str, ...], said: str) -> None:
    assert language(name).joined(sentences) == said


def test_joined_sentences_are_escaped_once() -> None:
    assert escape(language("en").joined(("A & B.", Markup("C &amp; D."), "E."))) == "A &amp; B. C &amp; D. E."


@pytest.mark.parametrize("name", ["ja", "zh_Hans", "zh_Hant"])
def test_no_page_mail_or_text_has_a_blank_behind_a_wide_stop(name: str) -> None:
    pages = [RENDERER.page(view, TRAIL, now=NOW, locale=language(name).tag) for view in all_states().values()]
    mails = [render(RENDERER, facts, TRAIL, locale=name) for facts in STORIES.values()]

    said = [html.unescape(TAGS.sub("\n", text)) for text in (*pages, *(mail.html for mail in mails))]
    said += [f"{mail.subject}\n{mail.text}" for mail in mails]
    said += [_text(notice_of, name) for notice_of in STORIES if STORIES[notice_of].notice not in LETTERS]

    assert [found[0] for text in said for found in re.finditer(rf".*{LOOSE.pattern}.*", text)] == []


@pytest.mark.parametrize(
    ("name", "ended", "labelled"),
    [
        ("en", "Late.", "Where: here"),
        ("de", "Late.", "Where: here"),
        ("fr", "Late.", "Where\xa0: here"),
        ("hi", "Late।", "Where: here"),
        ("ja", "Late。", "Where：here"),
        ("th", "Late", "Where: here"),
        ("zh_Hant", "Late。", "Where：here"),
    ],
)
def test_stops_and_colons_are_the_languages_own(name: str, ended: str, labelled: str) -> None:
    assert language(name).ended("Late") == ended
    assert language(name).labelled("Where", "here") == labelled
    assert not language(name).labelled("Where").endswith(" ")


def test_a_mail_labels_its_facts_as_the_language_does() -> None:
    mail = render(RENDERER, STORIES["delivered"], TRAIL, locale="zh-Hans")

    assert "订单：1001" in mail.text
    assert not re.search(r"[\u4e00-\u9fff]:", mail.text)


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_carrier_without_a_name_begins_a_sentence_with_a_capital(name: str) -> None:
    facts = told(Notice.EXCEPTION, milestone=Milestone.EXCEPTION, reason=Reason.HELD, carrier="")
    spoken = language(name)
    nobody = spoken.say("the carrier")
    begins = re.compile(rf"(?:^|>|[.!?] ){re.escape(nobody)}", re.MULTILINE)

    mail = render(RENDERER, facts, TRAIL, locale=name)

    assert not (nobody[0].islower() and begins.search(mail.text + mail.html)), mail.text
    assert nobody in spoken.say("a delay at %(carrier)s", carrier=nobody)  # within a sentence it stays small


def test_a_turkish_i_keeps_its_dot_as_a_capital() -> None:
    turkish = language("tr")

    assert turkish.say("%(carrier)s lost it. %(carrier)s is sorry.", carrier="ilgili firma") == (
        "İlgili firma lost it. İlgili firma is sorry."
    )
    assert language("de").say("%(carrier)s lost it.", carrier="ilgili firma") == "Ilgili firma lost it."


@pytest.mark.parametrize(
    ("name", "names", "said"),
    [
        ("th", ("Chicago, IL",), "Chicago IL"),
        ("th", ("Chicago", "Mesa"), "Chicago และ Mesa"),
        ("th", ("Chicago", "St. Louis", "Mesa"), "Chicago, St. Louis และ Mesa"),
        ("zh_Hans", ("Chicago", "St. Louis", "Mesa"), "Chicago、St. Louis和Mesa"),
        ("de", ("Chicago, IL", "Mesa, AZ"), "Chicago IL und Mesa AZ"),
    ],
)
def test_foreign_names_stay_apart_in_a_list(name: str, names: tuple[str, ...], said: str) -> None:
    assert lists.joined(language(name), names, limit=4) == said


@pytest.mark.parametrize(
    ("name", "title", "words"),
    [
        ("ja", "お届け予定：11月26日(水)～28日(金)", ["11月26日(水)～", "28日(金)"]),
        ("zh_Hans", "将于11月26日星期三至28日星期五送达", ["11月26日", "星期三", "28日", "星期五"]),
        ("zh_Hant", "預計明天送達", []),
        ("zh_Hans", "延误，尚无新的日期", ["延误，", "尚无新的日期"]),
        ("zh_Hans", "今天12:17已送达，由邻居代收", ["12:17", "已送达，", "由邻居代收"]),
        ("zh_Hant", "今天配送，下午2:00至下午6:00", ["今天配送，", "下午2:00", "下午6:00"]),
        ("th", "จะมาถึง วันพุธที่ 26 – วันศุกร์ 28 พฤศจิกายน", ["วันพุธที่ 26", "วันศุกร์ 28"]),
        ("th", "กำลังนำส่งวันนี้ 14:00 – 18:00 น.", ["วันนี้", "14:00", "18:00 น."]),
        ("de", "Kommt Mittwoch, 26. November", []),
    ],
)
def test_a_heading_keeps_its_days_whole(name: str, title: str, words: list[str]) -> None:
    shown = headings.whole(language(name), title)

    assert re.findall(r'<span class="whole">(.*?)</span>', shown) == words
    assert shown.striptags() == title
    assert headings.whole(language(name), "<b>11月26日") == escape("<b>") + headings.whole(language(name), "11月26日")


def _text(story: str, name: str) -> str:
    return RENDERER.text(
        STORIES[story],
        TRAIL,
        ref="n-7f3a",
        to="+12025550123",
        locale=name,
        zone=HOME,
        page_url=PAGE,
        unsubscribe_url=STOP,
        is_first=True,
        planned_at=max(NOW, STORIES[story].occurred_at),
    ).text
