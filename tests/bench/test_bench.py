"""The bench says when a goal is missed, and refuses to judge with an instrument that is too slow."""

import threading
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import figures, looking, million
from tests.bench.children import child, interleaved
from tests.bench.figures import CannotMeasure
from tests.bench.load import Load
from tests.bench.shop import Site, environment, opened, take_in
from tests.planting import planted
from tests.servers import Postgres
from tracker.store import lookups, sights


def test_a_figure_on_the_wrong_side_of_its_goal_is_short() -> None:
    lines = [
        str(figures.at_least("looks", 0.39, 0.4)),
        str(figures.at_least("looks", 0.4, 0.4)),
        str(figures.at_most("claim", 1.6, 1.5)),
        str(figures.at_most("claim", 1.5, 1.5)),
        str(figures.plain("memory", 1234.5)),
    ]

    assert lines == [
        "looks\t0.39\t>= 0.4\tshort",
        "looks\t0.4\t>= 0.4\tok",
        "claim\t1.6\t<= 1.5\tshort",
        "claim\t1.5\t<= 1.5\tok",
        "memory\t1,234\t-\tok",
    ]


def test_a_share_is_taken_of_neighbours() -> None:
    """One slow moment of the machine must not count against whoever it met."""
    assert figures.ratio([50, 5, 50], [100, 10, 100]) == 0.5
    assert figures.percentile(list(map(float, range(101))), 0.99) == 99


def test_a_peer_that_is_too_slow_is_no_instrument() -> None:
    with planted(looking, "PEER_FASTER", 10_000.0), planted(looking, "REQUESTS", 20), child("peer", "quiet") as peer:
        port = int(peer.line())
        with child("baseline", f"http://127.0.0.1:{port}{looking.A_LOOK}") as baseline, pytest.raises(CannotMeasure):
            looking.peer_alone(port, baseline, figures.tell)


def test_what_cannot_be_measured_ends_the_bench() -> None:
    def unfit(*_: object) -> None:
        raise CannotMeasure("the peer is too slow")

    with planted(bench, "site", nullcontext), planted(bench, "PARTS", {"looks": unfit, "claims": pytest.fail}):
        ended = bench.main([])

    assert ended == 1


def test_a_part_that_does_not_exist_is_no_success() -> None:
    assert bench.main(["lukes"]) == 1


def test_the_load_reads_whole_answers_and_refuses_others() -> None:
    with child("peer", "moving") as peer:
        load = Load(int(peer.line()), [looking.A_LOOK], connections=3)
        sizes = [load.size() for _ in range(3)]  # each look shows a scan more
        ((done,),) = interleaved(1, 100, load)
        load.close()

    assert done.done == 100
    assert sizes == sorted(set(sizes))


def test_an_answer_that_is_no_success_is_not_counted() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # 501 to everything
    threading.Thread(target=server.serve_forever, daemon=True).start()
    load = Load(server.server_port, ["/"], connections=1)

    with pytest.raises(CannotMeasure):
        load.round(1)

    load.close()
    server.shutdown()
    server.server_close()


def test_whoever_has_the_page_is_told_so_and_takes_a_new_one_once() -> None:
    class Unchanged(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            has_it = self.headers["If-None-Match"] == '"a"'
            self.send_response(304 if has_it else 200)
            self.send_header("ETag", '"c"' if self.path == "/moving" else '"a"')
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Unchanged)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ways = (("/", '"a"'), ("/", '"b"'), ("/moving", '"b"'))
    same, changed, moving = (Load(server.server_port, [path], connections=1, tags=[tag]) for path, tag in ways)

    assert same.round(20).done == changed.round(20).done == len(changed.seconds) == 20
    with pytest.raises(CannotMeasure):
        moving.round(20)

    for load in (same, changed, moving):
        load.close()
    server.shutdown()
    server.server_close()


def test_copies_of_orders_open_as_those_the_product_took_in(postgres: Postgres, tmp_path: Path) -> None:
    place = Site(home=tmp_path, postgres=postgres)
    with (
        place.held,
        planted(million, "COPIES", 4),
        planted(million, "WITH_SCANS", 4),
        opened(environment(place, place.database("postgresql"), ups_port=9)) as app,
    ):
        taken = [each.order for each in take_in(app, 2)]
        million.multiply(app)
        copies = million.linked(app, [each.id for each in taken], 2)
        with app.store.read() as snapshot:
            views = [sights.page(snapshot, app.store.vault.page_token(each)) for each in copies]
            read = [lookups.order_by_id(snapshot, each.order.id) for each in views if each]
    shown = [each for each in read if each]

    assert [each.number for each in shown] == [f"{taken[n % 2].number}-{n}" for n in (1, 3)]
    assert {each.recipients[0].name for each in shown} == {"A Reader"}
    assert len({each.shipments[0].tracking_number for each in shown}) == 2
