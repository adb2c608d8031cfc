"""On which days a carrier is expected to rest at a destination."""

from functools import lru_cache

from carriers.events import Place
from tracker.domain.judgement import Calendar

# A window of years, so that the set is made once per place; a parcel older than that is given up long before.
YEARS = range(2024, 2041)
SATURDAY, SUNDAY = 6, 7
ANYWHERE = Calendar(holidays=frozenset(), weekend=frozenset({SATURDAY, SUNDAY}))


def calendar_at(destination: Place) -> Calendar:
    """Public holidays and the weekend of a country and, where it is known, its region."""
    return _calendar(destination.country.upper(), destination.region.upper())


@lru_cache(maxsize=1024)
def _calendar(country: str, region: str) -> Calendar:
    import holidays  # takes 0.1 s, which most commands of the CLI need not wait for

    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        return ANYWHERE
    subdivision = region if region in known[country] else None
    days = holidays.country_holidays(country, subdiv=subdivision, years=YEARS)
    return Calendar(holidays=frozenset(days), weekend=frozenset(day + 1 for day in days.weekend))
