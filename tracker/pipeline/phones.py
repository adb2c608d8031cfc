"""Which time zones a phone number may be in."""

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone

NOWHERE = "Etc/Unknown"


@lru_cache(maxsize=4096)
def zones_of(number: str) -> tuple[str, ...]:
    """IANA names, by country and area; none for numbers that belong to no place."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(each for each in timezone.time_zones_for_number(parsed) if each != NOWHERE)
