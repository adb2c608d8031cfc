"""One worker's looks: `App.poll` again and again until as many looks are done as were asked for.

Run as `python -m tests.bench.looker CARRIER` with Wismo's environment.
"""

import os
import sys

from config.settings import load
from tests.bench.rounds import serve
from tracker.orphans import die_with_parent
from tracker.wiring import build


def main(carrier: str) -> None:
    app = build(load(os.environ))

    def look(times: int) -> int:
        done = 0
        while done < times:
            report = app.poll(carrier)
            if report.defects or not report.looks:
                raise SystemExit(f"{done} of {times} looks, then: {report}; {report.defects}")
            done += report.looks
        return done

    serve(look)


if __name__ == "__main__":
    die_with_parent()
    main(*sys.argv[1:])
