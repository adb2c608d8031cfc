"""Whether taking twenty shipments to look at costs the same among a million as among a thousand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, event, text

from tests.bench import figures
from tests.bench.figures import Tell, remark
from tests.bench.shop import ENGINES, Site, environment, opened
from tracker.domain.shipments import LookOutcome
from tracker.pipeline.look_record import LookRecord
from tracker.pipeline.ports import LookClaim
from tracker.store.unit import SqlStore
from tracker.wiring import App

FEW, MANY = 1_000, 1_000_000
TAKEN = 20
REPEATS = 60
WARM_UP = 10  # the first claims read cold pages and compile statements
GOAL = 1.5

# Orders and shipments as the API would have written them: one in five is due, the others within the day, and there are
# as many of each urgency.
ROWS = {
    "sqlite": "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < :rows) ",
    "postgresql": "WITH g(i) AS (SELECT generate_series(CAST(1 AS bigint), :rows)) ",
}
ID = {"sqlite": "printf('%032x', i)", "postgresql": "lpad(to_hex(i), 32, '0')"}
AT = {
    "sqlite": ":now - :spread + (i * 7919 % 86400) * 1000000",
    "postgresql": "to_timestamp((:now - :spread) / 1e6) + (i * 7919 % 86400) * interval '1 second'",
}
NOW = {"sqlite": ":now", "postgresql": "to_timestamp(:now / 1e6)"}
ORDERS = (
    "INSERT INTO orders (id, brand, number, body_sha256, placed_at, destination_zone, items, stage, delayed, "
    "delivered, returned, parcels, ended, created_at, version) {rows}SELECT {id}, 'alpenglow', i, '', {now}, "
    "'America/Denver', '[]', 'in_transit', :no, 0, 0, 1, :no, {now}, 1 FROM g"
)
SHIPMENTS = (
    "INSERT INTO shipments (id, order_id, carrier, tracking_number, created_at, notify_after, items, milestone, since, "
    "last_event_at, outcome, asked_at, next_look_at, urgency, version) {rows}SELECT {id}, {id}, 'ups', i, {now}, "
    "{now}, '[]', 'in_transit', {now}, {now}, 'nothing_new', {now}, {at}, i % 3, 1 FROM g"
)
DUE_SHARE = 5
MICROSECONDS = 1_000_000


def measure(place: Site, tell: Tell) -> None:
    """Both databases, the same rows."""
    for engine in ENGINES:
        few, many = (_app(place, engine) for _ in range(2))
        with few as small, many as large:
            _fill(small, FEW)
            began = perf_counter()
            _fill(large, MANY)
            remark(f"# {engine}: {MANY:,} shipments written in {perf_counter() - began:.0f} s")
            _compare(engine, small, large, tell)


def _app(place: Site, engine: str) -> Any:
    return opened(environment(place, place.database(engine), ups_port=9))


def _compare(engine: str, small: App, large: App, tell: Tell) -> None:
    took: dict[int, list[float]] = {FEW: [], MANY: []}
    for n in range(REPEATS + WARM_UP):
        for rows, app in ((FEW, small), (MANY, large)):
            seconds = _claim(app)
            if n >= WARM_UP:
                took[rows].append(seconds)
    for rows, each in took.items():
        tell(figures.plain(f"claim/{engine}/{rows}/ms", 1000 * median(each)))
    tell(figures.at_most(f"claim/{engine}/million_to_thousand", median(took[MANY]) / median(took[FEW]), GOAL))
    for line in _plan(large):
        remark(f"# claim/{engine}/plan: {line}")


def _claim(app: App) -> float:
    """Take twenty, as a worker does, and write their looks down; only the taking is timed."""
    looking, carrier = app.looking["ups"], app.carriers["ups"]
    began = perf_counter()
    taken = app.store.claim_looks(
        carrier.name,
        carrier.credential,
        limit=TAKEN,
        now=app.now(),
        machine_now=app.machine_now(),
        lease=looking.pace.lease,
        owner=looking.owner,
        quotas=looking.quotas,
        calls_of=carrier.max_batch,
    )
    seconds = perf_counter() - began
    if len(taken.claims) != TAKEN:
        raise figures.CannotMeasure(f"{len(taken.claims)} of {TAKEN} shipments could be claimed")
    with app.store.write() as unit:
        unit.record_looks([_looked(claim, now=app.now()) for claim in taken.claims])
    return seconds


def _looked(claim: LookClaim, *, now: datetime) -> LookRecord:
    """Due again at once, behind all others: every claim meets other rows, and the index moves as it does in life."""
    return LookRecord(
        shipment_id=claim.shipment_id,
        fence=claim.fence,
        at=now,
        started_machine_at=now,
        took=timedelta(milliseconds=200),
        outcome=LookOutcome.NOTHING_NEW,
        next_look_at=now,
        http_status=200,
    )


def _fill(app: App, rows: int) -> None:
    now = datetime.now(UTC)
    known = {"rows": rows, "no": False, "now": int(now.timestamp() * MICROSECONDS)}
    known["spread"] = timedelta(days=1) // timedelta(microseconds=1) // DUE_SHARE
    with app.store.begin() as connection:
        name = connection.dialect.name
        _unguarded(connection)
        for statement in (ORDERS, SHIPMENTS):
            filled = statement.format(rows=ROWS[name], id=ID[name], now=NOW[name], at=AT[name])
            connection.execute(text(filled), {key: value for key, value in known.items() if f":{key}" in filled})
    _analyse(app.store)


def _unguarded(connection: Connection) -> None:
    """Two million checks of foreign keys would take longer than all else here."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _analyse(store: SqlStore) -> None:
    """As PostgreSQL's autovacuum does a minute later; SQLite has no statistics in the product either."""
    with store.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("ANALYZE")


def _plan(app: App) -> Sequence[str]:
    """How the database finds the twenty: the plan of the very statement that looks for them."""
    seen: list[tuple[str, Any]] = []

    def remember(_c: object, _k: object, statement: str, parameters: Any, _x: object, _m: object) -> None:
        if "UNION ALL" in statement:
            seen.append((statement, parameters))

    engine = app.store._engine  # nothing but the bench wants to listen
    event.listen(engine, "before_cursor_execute", remember)
    _claim(app)
    event.remove(engine, "before_cursor_execute", remember)
    statement, parameters = seen[0]
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        return [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]
