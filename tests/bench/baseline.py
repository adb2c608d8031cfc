"""What a loop of `requests` alone can do in one process: python -m tests.bench.baseline URL."""

import sys

import requests

from tests.bench.rounds import serve
from tracker.orphans import die_with_parent


def main(url: str) -> None:
    session = requests.Session()

    def ask(times: int) -> int:
        return sum(len(session.get(url).content) > 0 for _ in range(times))

    ask(50)
    serve(ask)


if __name__ == "__main__":
    die_with_parent()
    main(sys.argv[1])
