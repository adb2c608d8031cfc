"""Every figure of Wismo's speed: python -m tests.bench [part ...]."""

import sys
import time
from collections.abc import Callable, Mapping

from tests.bench import claiming, lighthouse, living, looking, paging, telling, weeks
from tests.bench.figures import CannotMeasure, Tell, remark, tell
from tests.bench.shop import Site, site

PARTS: Mapping[str, Callable[[Site, Tell], None]] = {
    "looks": looking.measure,
    "claims": claiming.measure,
    "pages": paging.measure,
    "live": living.measure,
    "telling": telling.measure,
    "week": weeks.measure,
    "lighthouse": lighthouse.measure,
}
BY_NAME = frozenset({"lighthouse"})  # only when asked for: it wants npm and another registry


def main(wanted: list[str]) -> int:
    """0 when everything was measured, also what falls short; 1 when something could not be."""
    if unknown := set(wanted) - set(PARTS):
        remark(f"there is no part {sorted(unknown)}; there are {', '.join(PARTS)}")
        return 1
    with site() as place:
        for name in wanted or [each for each in PARTS if each not in BY_NAME]:
            began = time.monotonic()
            try:
                PARTS[name](place, tell)
            except (CannotMeasure, AssertionError) as problem:  # AssertionError: something was waited for in vain
                remark(f"{name}: cannot measure: {problem}")
                return 1
            remark(f"# {name} took {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
