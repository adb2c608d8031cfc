"""Which parcels of an order a message speaks of, in words: all, some, the last, or one that is named."""

from carriers.events import Milestone
from tracker.domain.notices import Told
from tracker.render.languages import Language
from tracker.render.plain import one_line

NAME_IN_SUBJECT = 40  # letters of an item's name


def of_order(language: Language, told: Told) -> str:
    """For subjects: "order 1001", "2 of 3 parcels of order 1001", "the parcel with Tent from order 1001"."""
    number = one_line(told.order_number)
    if told.parcels < 2:
        return language.say("order %(number)s", number=number)
    if told.together:
        return language.say("%(parcels)s of order %(number)s", parcels=parcels(language, told), number=number)
    return _named(language, told, number)


def parcels(language: Language, told: Told) -> str:
    """For headlines: "all 3 parcels", "the last of 3 parcels", "one more of 3 parcels", "2 of 3 parcels"; or empty."""
    count, whole = language.count, told.parcels
    if whole < 2 or not told.together:
        return ""
    if told.together >= whole == 2:
        return language.say("both parcels")
    if told.together >= whole:
        return count("all %(num)s parcels", "all %(num)s parcels", whole)
    if not told.behind:
        return count(
            "the last of %(whole)s parcels", "the last %(num)s of %(whole)s parcels", told.together, whole=whole
        )
    if told.earlier:
        return count("one more of %(whole)s parcels", "%(num)s more of %(whole)s parcels", told.together, whole=whole)
    return count("%(num)s of %(whole)s parcels", "%(num)s of %(whole)s parcels", told.together, whole=whole)


def happened(language: Language, told: Told, **names: str) -> str:
    """What several parcels did, in a sentence; empty where only one parcel is told of."""
    if told.together < 2:
        return ""
    count, num = language.count, told.together
    match told.milestone:
        case Milestone.PICKED_UP if told.carrier:
            return count(
                "%(carrier)s has taken over %(num)s parcel.",
                "%(carrier)s has taken over %(num)s parcels.",
                num,
                **names,
            )
        case Milestone.OUT_FOR_DELIVERY if told.carrier:
            return count(
                "%(carrier)s has %(num)s parcel on a vehicle to you.",
                "%(carrier)s has %(num)s parcels on vehicles to you.",
                num,
                **names,
            )
        case Milestone.OUT_FOR_DELIVERY:
            return count("%(num)s parcel is out for delivery.", "%(num)s parcels are out for delivery.", num)
        case Milestone.DELIVERED:
            return count("%(num)s parcel was delivered.", "%(num)s parcels were delivered.", num)
        case _:
            return count("%(num)s parcel is on its way.", "%(num)s parcels are on their way.", num)


def to_come(told: Told) -> int:
    """How many parcels of the order are still awaited once these have been delivered."""
    return told.behind if told.together else max(0, told.parcels - told.delivered)


def _named(language: Language, told: Told, number: str) -> str:
    """One parcel of several, by what is in it, else by its tracking number."""
    if told.tracking_number and told.items:
        item, more = one_line(told.items[0].name, NAME_IN_SUBJECT), len(told.items) - 1
        if not more:
            return language.say("the parcel with %(item)s from order %(number)s", item=item, number=number)
        return language.count(
            "the parcel with %(item)s and %(num)s more item from order %(number)s",
            "the parcel with %(item)s and %(num)s more items from order %(number)s",
            more,
            item=item,
            number=number,
        )
    if told.tracking_number:
        parcel = one_line(told.tracking_number, NAME_IN_SUBJECT)
        return language.say("parcel %(parcel)s of order %(number)s", parcel=parcel, number=number)
    return language.say("a parcel of order %(number)s", number=number)
