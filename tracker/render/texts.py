"""What a text says: who writes, what happened, when, and where to look; in as few segments as that needs."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from jinja2 import Environment

from notifiers import segments
from notifiers.message import Channel, Message
from tracker.domain.brands import Brand
from tracker.domain.notices import Notice, Told
from tracker.domain.shipments import DelayCause
from tracker.render import counting, times, words
from tracker.render.languages import Language
from tracker.render.mails import MEANT, Mail, Reader
from tracker.render.plain import one_line

MOST = 2  # segments
MOST_OF_OTHER_SCRIPTS = (3, 4)  # of 67 letters: two links leave no room for a word of Thai in two of them
UNMARKED = str.maketrans("ıłđøÞþßœæŒÆŁĐØ", "ildoTtsoaOALDO")  # letters that Unicode does not take apart
SHOP, NUMBER = 32, 32  # letters of a name and of an order's number
SHORT = 16  # of either, when nothing else fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """All that a text's template may state; empty for what is not known or does not fit."""

    shop: str
    number: str
    part: str  # of an order in several parcels: "the last of 3 parcels"; empty where the sentence counts them
    carrier: str
    happened: str  # a sentence
    arrives: str
    is_today: bool  # the day it is expected on
    hours: str  # of that day
    moved: bool
    still_to_come: int  # parcels of the order that have not come as far
    pickup_by: str
    earlier_headline: str
    brief: str  # a sentence that stands for what happened where little fits
    page_url: str
    stop: str  # how to end these texts


def message(environment: Environment, told: Told, *, reader: Reader, text: Text, ref: str) -> Message:
    """The notice's template, rendered; the same facts give the same bytes. Raises BadText when nothing fits."""
    template = environment.get_template(f"sms/{told.notice}.txt")
    language = reader.language
    shorter = _shorter(text)
    says = [_tidy(template.render(text=each, told=told, language=language), language) for each in shorter]
    return Message(
        ref=ref,
        channel=Channel.SMS,
        to=reader.to,
        text=_fitting(says, language),
        language=language.tag,
        planned_at=reader.planned_at,
    )


def in_words(told: Told, brand: Brand, *, reader: Reader, mail: Mail, stop: str) -> Text:
    """The facts as a mail puts them, as far as a text has room for them."""
    language = reader.language
    milestone = told.milestone or MEANT[told.notice]
    brief = words.event_sentence(language, milestone, told.reason, carrier=mail.carrier, shop=mail.shop)
    has_detail = told.left_with and mail.happened.startswith(brief)
    still_to_come = told.behind if told.together else 0
    return Text(
        shop=one_line(brand.name, SHOP),
        number=one_line(told.order_number, NUMBER),
        part="" if still_to_come or told.together > 1 else _part(language, told),
        carrier=mail.carrier,
        happened=brief if has_detail else mail.happened,
        arrives=mail.arrives,
        is_today=bool(mail.arrives) and _is_today(told, reader),
        hours=mail.hours,
        moved=mail.moved,
        still_to_come=still_to_come,
        pickup_by=mail.pickup_by,
        earlier_headline=mail.earlier_headline,
        brief=_brief(language, told, mail),
        page_url=mail.page_url,
        stop=stop,
    )


def stop_words(language: Language, *, unsubscribe_url: str) -> str:
    """How to end these texts: by an answer, or by a link where the sender's name can take none."""
    if unsubscribe_url:
        return language.say("To end these texts: %(link)s", link=unsubscribe_url)
    return language.say("Reply STOP to end.")


def _shorter(text: Text) -> Iterator[Text]:
    """Ever less of what a reader can do without; the link says it all."""
    yield text
    yield replace(text, still_to_come=0)
    small = replace(text, shop=one_line(text.shop, SHORT), number=one_line(text.number, SHORT), happened=text.brief)
    yield replace(small, still_to_come=0)
    yield replace(small, still_to_come=0, part="", arrives="", is_today=False, pickup_by="")


def _brief(language: Language, told: Told, mail: Mail) -> str:
    """The headline as a sentence, but for delays, of which "On its way" says nothing."""
    if told.notice is Notice.DELAYED and told.delay != DelayCause.PICKUP_ENDING:
        return words.delay_sentence(language, DelayCause.MILESTONE)
    return language.ended(mail.headline)


def _is_today(told: Told, reader: Reader) -> bool:
    today = times.today_at(reader.planned_at, reader.zone)
    return told.window is not None and told.window.first_day == told.window.last_day == today


def _part(language: Language, told: Told) -> str:
    if told.parcels < 2 or not told.tracking_number:
        return ""
    one = language.count("one of %(num)s parcels", "one of %(num)s parcels", told.parcels)
    return counting.parcels(language, told) or one


def _fitting(says: list[str], language: Language) -> str:
    """The fullest in one segment among the full ones, else the fullest in two; a script that has no plain letters may
    take more."""
    if language.is_latin:
        # Half of the marks of Vietnamese read worse than none.
        spell = _plain_letters if language.locale.language == "vi" else _letters_of_texts
        spelled = [each for said in says for each in (said, spell(said)) if _says_no_less(each, said)]
        last = [(MOST, spelled), (MOST, [_plain_letters(each) for each in says])]
    else:
        last = [(most, says) for most in (MOST, *MOST_OF_OTHER_SCRIPTS)]
    for most, choice in ((1, says[:2]), *last):
        for each in choice:
            if segments.cost(each).segments <= most:
                return each
    raise segments.BadText(f"no text of {last[-1][0]} segments can be made of this brand's name and links")


def _tidy(text: str, language: Language) -> str:
    """Each line is a sentence or a link."""
    return language.joined(re.sub(r"\s+", " ", line).strip() for line in segments.plain(text).splitlines())


def _says_no_less(spelled: str, said: str) -> bool:
    """Whether every letter had a form."""
    return spelled.count("?") == said.count("?")


def _letters_of_texts(text: str) -> str:
    """The letters that GSM-7 lacks made plain, one by one: é stays, û becomes u."""
    return "".join(
        each if each in segments.GSM7 else _plain_letters(each) for each in unicodedata.normalize("NFC", text)
    )


def _plain_letters(text: str) -> str:
    """Letters and signs that GSM-7 has; in a name, what has no such form becomes a question mark."""
    simpler = unicodedata.normalize("NFKD", text.translate(segments.PLAIN).translate(UNMARKED))
    bare = "".join(each for each in simpler if not unicodedata.combining(each))
    return bare.encode("ascii", "replace").decode()
