"""How days, times and durations read: in the reader's forms, at the wall time of the place they belong to."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time

from carriers.events import Clock
from tracker.domain.windows import DeliveryWindow
from tracker.render.languages import Language

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_LONG = ("MMMMEEEEd", "MMMMEd", "MMMEd")  # forms of a day that CLDR may list, the best first


@lru_cache(maxsize=4096)
def day(language: Language, value: date) -> str:
    """Tue, Nov 24."""
    return _written(language, value, format_skeleton("MMMEd", value, locale=language.locale))


@lru_cache(maxsize=4096)
def long_day(language: Language, value: date) -> str:
    """Tuesday, November 24."""
    listed = language.locale.datetime_skeletons
    pattern = next(listed[each] for each in _LONG if each in listed)
    return _written(language, value, format_date(value, _written_out(str(pattern.pattern)), language.locale))


def days(language: Language, first: date, last: date) -> str:
    """Tuesday, November 24 – Wednesday, November 25; in German without the first month."""
    return long_day(language, first) if first == last else _interval(language, first, last, is_long=True)


def clock_time(language: Language, value: time) -> str:
    """2:02 PM."""
    return _minute_of_day(language, value.replace(second=0, microsecond=0))


@lru_cache(maxsize=8192)  # of a day there are 1,440
def _minute_of_day(language: Language, value: time) -> str:
    pattern = str(language.locale.time_formats["short"].pattern).replace(" a", "\xa0a")  # 2:00 | pm
    if language.locale.language == "ko":
        pattern = pattern.replace("a ", "aaaa\xa0")  # babel's short form is the English PM, which no Korean writes
    return _plain(format_time(value, pattern, locale=language.locale))


def moment(language: Language, at: datetime) -> str:
    """Tue, Nov 24, 2:02 PM; `at` is already at the wall time to show."""
    return language.say("%(day)s, %(time)s", day=day(language, at.date()), time=clock_time(language, at.time()))


def wall_time(at: datetime, *, clock: Clock | None, offset_minutes: int | None, zone: str) -> datetime:
    """The time on the wall where it happened; the zone is for what has no place, such as our own judgement."""
    if offset_minutes is not None:
        return at.astimezone(timezone(timedelta(minutes=offset_minutes)))
    if clock in (Clock.ASSUMED, Clock.DAY_ONLY):
        return at.astimezone(UTC)  # the carrier's own wall time or day, unshifted: it was read as UTC
    return at.astimezone(zone_info(zone))


def when(language: Language, at: datetime, *, clock: Clock | None, offset_minutes: int | None, zone: str) -> str:
    """When a scan happened, with a time of day only if the carrier gave one."""
    return shown_when(language, wall_time(at, clock=clock, offset_minutes=offset_minutes, zone=zone), clock=clock)


def shown_when(language: Language, shown: datetime, *, clock: Clock | None) -> str:
    """As `when`, of the wall time itself."""
    if clock in (None, Clock.DAY_ONLY):
        return day(language, shown.date())
    return moment(language, shown)


def on_days(language: Language, window: DeliveryWindow) -> str:
    """Tue, Nov 24 · Tue, Nov 24, 9:00 AM – 1:00 PM · Tue, Nov 24 – Thu, Nov 26: for subjects, tables and headlines."""
    if window.first_day != window.last_day:
        return _interval(language, window.first_day, window.last_day, is_long=False)
    first, hours = day(language, window.first_day), hours_of(language, window)
    return language.say("%(day)s, %(hours)s", day=first, hours=hours) if hours else first


def in_a_sentence(language: Language, window: DeliveryWindow) -> str:
    """on Tuesday, November 24, 9:00 AM – 1:00 PM · between Tuesday, … and Thursday, …"""
    first, last = long_day(language, window.first_day), long_day(language, window.last_day)
    if window.first_day != window.last_day:
        return language.say("between %(first)s and %(last)s", first=first, last=last)
    hours = hours_of(language, window)
    return (
        language.say("on %(day)s, %(hours)s", day=first, hours=hours)
        if hours
        else language.say("on %(day)s", day=first)
    )


def hours_of(language: Language, window: DeliveryWindow) -> str:
    """9:00 AM – 1:00 PM · by 1:00 PM · from 9:00 AM · nothing; wall times at the destination."""
    first = clock_time(language, window.not_before) if window.not_before else ""
    last = clock_time(language, window.not_after) if window.not_after else ""
    if first and last:
        return language.say("%(first)s – %(last)s", first=first, last=last)
    if last:
        return language.say("by %(time)s", time=last)
    return language.say("from %(time)s", time=first) if first else ""


def soon(language: Language, window: DeliveryWindow, today: date) -> str:
    """As on_days, with today and tomorrow said as such: for a page that is read now."""
    if window.first_day != window.last_day or window.first_day - today > timedelta(days=1):
        return on_days(language, window)
    hours, near = hours_of(language, window), near_day(language, window.first_day, today)
    return language.say("%(day)s, %(hours)s", day=near, hours=hours) if hours else near


def near_day(language: Language, value: date, today: date) -> str:
    """yesterday, today, tomorrow, or the day's name and date."""
    match (value - today).days:
        case -1:
            return language.say("yesterday")
        case 0:
            return language.say("today")
        case 1:
            return language.say("tomorrow")
        case _:
            return day(language, value)


def ago(language: Language, at: datetime, now: datetime) -> str:
    """12 min ago; hours up to two days, because "31 h ago" is more honest than "yesterday"."""
    passed = max(now - at, timedelta())
    if passed < _MINUTE:
        return language.say("just now")
    if passed < _HOUR:
        return language.count("%(num)s min ago", "%(num)s min ago", passed // _MINUTE)
    if passed < 2 * _DAY:
        return language.count("%(num)s h ago", "%(num)s h ago", passed // _HOUR)
    return language.count("%(num)s day ago", "%(num)s days ago", passed // _DAY)


def clock_or_moment(language: Language, at: datetime, *, now: datetime, zone: str) -> str:
    """14:30 on the same day at the destination, else with its day."""
    shown, today = at.astimezone(zone_info(zone)), now.astimezone(zone_info(zone)).date()
    return clock_time(language, shown.time()) if shown.date() == today else moment(language, shown)


def about(at: datetime) -> datetime:
    """To the next ten minutes: looks are planned, not promised to the minute."""
    minutes = -(-at.minute // 10) * 10
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)


def today_at(now: datetime, zone: str) -> date:
    """The calendar day at a place."""
    return now.astimezone(zone_info(zone)).date()


def zone_info(zone: str) -> ZoneInfo:
    """The zone, or UTC when the name is unknown here; a page is never lost over a zone's name."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=4096)
def _interval(language: Language, first: date, last: date, *, is_long: bool) -> str:
    """Two days as CLDR joins them: what they share need not be said twice."""
    listed = language.locale.interval_formats
    joined = listed[next(each for each in (_LONG if is_long else _LONG[-1:]) if each in listed)]
    parts = joined["d" if first.month == last.month else "M"]
    written = [_written_out(part) if is_long else part for part in parts]
    both = zip((first, last), written, strict=True)
    return "".join(_written(language, value, format_date(value, part, language.locale)) for value, part in both)


def _written_out(pattern: str) -> str:
    """The names of day and month in full, because not every locale lists a long form; in brackets a day stays short."""
    return re.sub(r"[ML]{3,4}", "MMMM", re.sub(r"(?<![(Ec])(E{1,4}|c{3,4})", "EEEE", pattern))


def _written(language: Language, value: date, text: str) -> str:
    """As the language writes a day where CLDR does not: 1er décembre, 1º de dezembro, 11月24日星期二."""
    match language.locale.language:
        case "fr" if value.day == 1:
            text = re.sub(r"\b1\b", "1er", text)
        case "pt":
            text = text.replace("-feira", "\u2011feira")
            if value.day == 1 and language.locale.territory != "PT":
                text = re.sub(r"\b1\b", "1º", text)
        case "zh":
            text = text.replace(" ", "")  # CLDR's 11月24日 星期二 leaves a hole in the middle of a sentence
        case "ar" | "hi" | "id" | "pl" | "tr":
            text = re.sub(r"(?<=\d) (?=\w)", "\xa0", text)  # 24 | November at the end of a line
        case "vi":
            text = re.sub(r"(Thứ|Th|Chủ|tháng|thg|\d) (?=\w)", "\\1\xa0", text)  # Thứ | Ba, 24 | tháng | 11
    return _plain(text)


def _plain(text: str) -> str:
    """CLDR puts narrow spaces before PM and thin ones around dashes; many mail clients show a box there."""
    return text.replace("\u202f", "\xa0").replace("\u2009", " ")
