"""How fast the tracking page is, against a constant of the same size from the same server."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from statistics import median

from sqlalchemy import update

from tests.bench import figures, million
from tests.bench.children import Round, child, interleaved
from tests.bench.figures import CannotMeasure, Tell, percentile
from tests.bench.load import Load
from tests.bench.shop import Site, environment, opened, rest_until, take_in
from tests.faults.crew import Crew
from tests.servers import answers, held_port, until
from tracker.store.tables import orders
from tracker.web.pagecache import TRUSTED_FOR
from tracker.wiring import App

PAGES = 300
TAKEN_IN = {"sqlite": PAGES, "postgresql": 20}  # here the others are copies
POPULAR = 20  # pages asked for again and again
REQUESTS = 8_000  # of each in one round: most of a second, as long as a cached page is trusted
ROUNDS = 9
RENDERINGS = 5  # rounds in which each page is made anew
CACHED, UNCHANGED, UNCACHED = 0.5, 0.6, 0.03  # of the constant's requests a second
TAIL = 6.0  # p99 in p50s
EMPTY = 0  # bytes a 304 carries
START = timedelta(seconds=60)


def measure(place: Site, tell: Tell) -> None:
    """On both databases, on PostgreSQL among a million orders; a cached page asks them once a second."""
    for engine in TAKEN_IN:
        with ExitStack() as stack:
            peer = stack.enter_context(child("peer", "quiet"))
            told = environment(place, place.database(engine), ups_port=int(peer.line()))
            app = stack.enter_context(opened(told))
            ids = _orders(app, engine)
            crew = stack.enter_context(Crew(place.home))
            crew.start("web", environment=told)
            _measure(engine, app, ids, stack, tell)


def _orders(app: App, engine: str) -> list[str]:
    """Whose pages are asked for."""
    ids = [str(each.order.id) for each in take_in(app, TAKEN_IN[engine])]
    app.poll("ups")
    if engine == "sqlite":
        return ids
    million.multiply(app)
    return million.linked(app, ids, PAGES)


def _measure(engine: str, app: App, ids: list[str], stack: ExitStack, tell: Tell) -> None:
    port, paths = app.settings.port, [app.store.vault.page_path(each) for each in ids]
    until(lambda: answers(port), START, what="the web process to listen")
    every = stack.enter_context(closing(Load(port, paths)))
    tell(figures.plain(f"page/first_view/{engine}/requests_per_second", every.round(PAGES).rate))
    size = every.size()
    tell(figures.plain(f"page/{engine}/bytes", size))
    constant = stack.enter_context(_constant(size))
    _uncached(engine, every, constant, tell, change=lambda: _change(app, ids))
    popular = stack.enter_context(closing(Load(port, paths[:POPULAR])))  # now: the server closes what stands idle
    _cached(engine, popular, constant, tell)
    _unchanged(engine, stack.enter_context(closing(_having(popular))), stack.enter_context(_constant(EMPTY)), tell)


def _uncached(engine: str, every: Load, constant: Load, tell: Tell, *, change: Callable[[], None]) -> None:
    """Each order has changed since its page was last rendered."""
    made, same = [], []
    for _ in range(RENDERINGS):
        change()
        same.append(constant.round(REQUESTS))
        rest_until(time.monotonic() + TRUSTED_FOR.total_seconds())
        made.append(every.round(PAGES))
    _compare(f"page/uncached/{engine}", made, same, goal=UNCACHED, tell=tell)


def _change(app: App, ids: list[str]) -> None:
    with app.store.begin() as connection:
        connection.execute(update(orders).where(orders.c.id.in_(ids)).values(version=orders.c.version + 1))


def _cached(engine: str, popular: Load, constant: Load, tell: Tell) -> None:
    for each in (popular, constant):
        each.round(REQUESTS)
    popular.seconds.clear()
    cached, same = interleaved(ROUNDS, REQUESTS, popular, constant)
    _compare(f"page/cached/{engine}", cached, same, goal=CACHED, tell=tell)
    tell(figures.plain(f"page/constant/{engine}/requests_per_second", median(each.rate for each in same)))
    p50, p99 = (percentile(popular.seconds, share) for share in (0.5, 0.99))
    tell(figures.plain(f"page/cached/{engine}/p99_ms", 1000 * p99))
    tell(figures.at_most(f"page/cached/{engine}/p99_to_p50", p99 / p50, TAIL))


def _unchanged(engine: str, having: Load, nothing: Load, tell: Tell) -> None:
    for each in (having, nothing):
        each.round(REQUESTS)
    unchanged, same = interleaved(ROUNDS, REQUESTS, having, nothing)
    _compare(f"page/unchanged/{engine}", unchanged, same, goal=UNCHANGED, tell=tell)


def _compare(name: str, rounds: list[Round], constant: list[Round], *, goal: float, tell: Tell) -> None:
    share = figures.ratio([each.rate for each in rounds], [each.rate for each in constant])
    tell(figures.at_least(f"{name}/constant", share, goal))
    tell(figures.plain(f"{name}/requests_per_second", median(each.rate for each in rounds)))


def _having(popular: Load) -> Load:
    """Readers who have the popular pages already."""
    tags = popular.etags()
    if len(tags) < len(popular.paths):
        raise CannotMeasure(f"{len(tags)} of {len(popular.paths)} pages have an etag")
    return Load(popular.port, popular.paths, tags=tags)


@contextmanager
def _constant(size: int) -> Iterator[Load]:
    with held_port() as port, child("constant", str(port), str(size)):
        until(lambda: answers(port), START, what="the constant to listen")
        with closing(Load(port, ["/t/constant"])) as load:
            yield load
