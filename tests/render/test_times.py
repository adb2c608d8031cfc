"""Days and times of day read as each language writes them."""

import gettext
from datetime import date, time

import pytest
from babel import Locale

from tests.render.extraction import LANGUAGES
from tracker.render import times
from tracker.render.languages import Language

TUESDAY, WEDNESDAY, NEXT_MONTH = date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 2)
WRITTEN = {  # a day, two days of one month, a time
    "en": ("Tuesday, November 24", "Tuesday, November 24 – Wednesday, November 25", "2:02 PM"),
    "en_AU": ("Tuesday 24 November", "Tuesday 24 – Wednesday 25 November", "2:02 pm"),
    "en_GB": ("Tuesday 24 November", "Tuesday 24 November – Wednesday 25 November", "14:02"),
    "th": ("วันอังคารที่ 24 พฤศจิกายน", "วันอังคาร 24 – วันพุธ 25 พฤศจิกายน", "14:02"),
    "vi": ("Thứ\xa0Ba, 24\xa0tháng\xa011", "Thứ\xa0Ba, 24\xa0tháng\xa011 – Thứ\xa0Tư, 25\xa0tháng\xa011", "14:02"),
    "zh_Hans": ("11月24日星期二", "11月24日星期二至25日星期三", "14:02"),
    "zh_Hant": ("11月24日星期二", "11月24日星期二至25日星期三", "下午2:02"),
    "ja": ("11月24日(火)", "11月24日(火)～25日(水)", "14:02"),
    "ko": ("11월 24일 (화)", "11월 24일 (화) ~ 25일 (수)", "오후 2:02"),
    "es": ("martes, 24 de noviembre", "martes, 24 de noviembre – miércoles, 25 de noviembre", "14:02"),
    "pt_BR": ("terça‑feira, 24 de novembro", "terça‑feira, 24 de novembro – quarta‑feira, 25 de novembro", "14:02"),
    "fr": ("mardi 24 novembre", "mardi 24 – mercredi 25 novembre", "14:02"),
    "de": ("Dienstag, 24. November", "Dienstag, 24. – Mittwoch, 25. November", "14:02"),
    "it": ("martedì 24 novembre", "martedì 24 – mercoledì 25 novembre", "14:02"),
    "nl": ("dinsdag 24 november", "dinsdag 24 – woensdag 25 november", "14:02"),
    "pl": ("wtorek, 24\xa0listopada", "wtorek, 24\xa0listopada – środa, 25\xa0listopada", "14:02"),
    "tr": ("24\xa0Kasım Salı", "24\xa0Kasım Salı – 25\xa0Kasım Çarşamba", "14:02"),
    "ar": ("الثلاثاء، 24\xa0نوفمبر", "الثلاثاء، 24 – الأربعاء، 25\xa0نوفمبر", "2:02 م"),
    "hi": ("मंगलवार, 24\xa0नवंबर", "मंगलवार, 24\xa0नवंबर – बुधवार, 25\xa0नवंबर", "2:02 pm"),
    "id": ("Selasa, 24\xa0November", "Selasa, 24\xa0November – Rabu, 25\xa0November", "14.02"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_days_and_times_read_as_the_language_writes_them(name: str) -> None:
    day, days, at = WRITTEN[name]
    language = speak(name)

    assert times.long_day(language, TUESDAY) == day
    assert times.days(language, TUESDAY, TUESDAY) == day
    assert times.days(language, TUESDAY, WEDNESDAY) == days
    assert times.clock_time(language, time(14, 2)).replace("\xa0", " ") == at


@pytest.mark.parametrize(
    ("name", "day", "days"),
    [
        ("fr", "mardi 1er décembre", "mardi 1er – mercredi 2 décembre"),
        ("fr_CA", "mardi 1er décembre", "mardi 1er décembre – mercredi 2 décembre"),
        ("pt_BR", "terça‑feira, 1º de dezembro", "terça‑feira, 1º de dezembro – quarta‑feira, 2 de dezembro"),
        ("pt_PT", "terça‑feira, 1 de dezembro", "terça‑feira, 1 de dezembro – quarta‑feira, 2 de dezembro"),
        ("es", "martes, 1 de diciembre", "martes, 1 de diciembre – miércoles, 2 de diciembre"),
    ],
)
def test_the_first_of_a_month_is_counted_where_people_count_it(name: str, day: str, days: str) -> None:
    first = date(2026, 12, 1)

    assert times.long_day(speak(name), first) == day
    assert times.days(speak(name), first, NEXT_MONTH) == days


@pytest.mark.parametrize("name", LANGUAGES)
def test_no_day_names_a_year_or_another_calendar(name: str) -> None:
    language = speak(name)

    for said in (times.long_day(language, NEXT_MONTH), times.days(language, TUESDAY, NEXT_MONTH)):
        assert not {"2026", "2569", "26"} & set(said.split())
        assert "2" in said  # in digits that every reader of the page sees elsewhere too


def test_every_language_has_its_row() -> None:
    assert set(LANGUAGES) <= set(WRITTEN)


def speak(name: str) -> Language:
    """A language's dates, without its sentences."""
    return Language(name=name, locale=Locale.parse(name), catalogue=gettext.NullTranslations())
