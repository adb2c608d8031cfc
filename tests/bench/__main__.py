"""Every figure of Wismo's speed: python -m tests.bench [part ...]."""

import sys
import time
from collections.abc import Callable, Mapping

from tests.bench import looking
from tests.bench.figures import CannotMeasure, Tell, remark, tell
from tests.bench.shop import Site, site

PARTS: Mapping[str, Callable[[Site, Tell], None]] = {"looks": looking.measure}


def main(wanted: list[str]) -> int:
    """0 when everything was measured, also what falls short; 1 when something could not be."""
    with site() as place:
        for name in wanted or PARTS:
            began = time.monotonic()
            try:
                PARTS[name](place, tell)
            except CannotMeasure as problem:
                remark(f"{name}: cannot measure: {problem}")
                return 1
            remark(f"# {name} took {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
