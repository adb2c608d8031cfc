"""What becomes of a file of orders in a real installation: silent, repeatable, and nothing lost unsaid."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.web.shop import UPS, Shop, opened
from tracker.intake.files import ImportReport, import_file
from tracker.pipeline.register import Result
from tracker.shops.csv_file import BadRow
from tracker.shops.csv_rows import NoTable
from tracker.store.outbox_tables import notifications
from tracker.store.tables import orders

HEADER = "order,placed_at,confirmed_at,tracking,item,email\n"


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with opened(database_url, tmp_path / "data") as shop:
        yield shop


@pytest.fixture
def small_shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    with opened(sqlite_url, tmp_path / "data") as shop:
        yield shop


def take_in(shop: Shop, tmp_path: Path, content: str, *, dry_run: bool = False) -> ImportReport:
    path = tmp_path / "orders.csv"
    path.write_text(content)
    return import_file(shop.app, path, brand=shop.brand, dry_run=dry_run)


def count(shop: Shop) -> int:
    with shop.app.store.read() as snapshot:
        return snapshot.connection.execute(select(func.count()).select_from(orders)).scalar_one()


def states(shop: Shop) -> set[str]:
    with shop.app.store.read() as snapshot:
        return set(snapshot.connection.execute(select(notifications.c.state)).scalars())


ROWS = HEADER + "".join(
    f"A{n},2026-05-0{n % 3 + 1} 10:00,2026-05-04 11:00,{UPS[n % 3]},Mug,ada@shopper.example\n" for n in range(50)
)


def test_a_file_is_taken_in_and_nobody_is_told(shop: Shop, tmp_path: Path) -> None:
    report = take_in(shop, tmp_path, ROWS)

    assert (report.rows, report.orders, report.results[Result.CREATED]) == (50, 50, 50)
    assert (report.messages, report.bad_rows) == (0, 0)
    assert count(shop) == 50
    assert "pending" not in states(shop)
    order = shop.get("/orders/A7").json()
    assert (order["shipments"][0]["carrier"], order["items"][0]["name"]) == ("ups", "Mug")


def test_the_same_file_again_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    take_in(shop, tmp_path, ROWS)

    again = take_in(shop, tmp_path, ROWS)

    assert again.results == {Result.UNCHANGED: 50}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    report = take_in(shop, tmp_path, ROWS + "A99,yesterday,,,,\n", dry_run=True)

    assert (report.orders, report.bad_rows, report.messages) == (50, 1, 0)
    assert report.summary() == (
        "Orders: 50 would be created, 0 would be changed, 0 as before. Rows: 51 read, 1 left out. "
        "Messages would be sent: 0. Nothing was written."
    )
    assert count(shop) == 0


def test_bad_rows_are_left_out_with_line_column_reason_and_fix(small_shop: Shop, tmp_path: Path) -> None:
    content = (
        HEADER
        + f"A1,,,{UPS[0]},Mug,\n"
        + "A2,,,1.22816E+14,Mug,\n"
        + "A3,,,NOBODYS1234567,Mug,\n"
        + "A4,,,,Mug,nobody at home\n"
        + f"A5,,,{UPS[1]},Mug,\n"
    )

    report = take_in(small_shop, tmp_path, content)

    assert [(each.line, each.column) for each in report.problems] == [(3, "tracking"), (5, "email"), (4, "tracking")]
    assert all(each.reason and each.fix for each in report.problems)
    assert count(small_shop) == 2
    assert set(report.problems[0].as_row()) == {"line", "column", "found", "reason", "fix"}


def test_rows_of_one_order_far_apart_add_up_and_take_nothing_away(small_shop: Shop, tmp_path: Path) -> None:
    content = HEADER + f"A1,,,{UPS[0]},Mug,\nA2,,,,Jug,\nA1,,,{UPS[1]},Bowl,\n"

    take_in(small_shop, tmp_path, content)

    found = small_shop.get("/orders/A1").json()
    assert sorted(each["tracking_number"] for each in found["shipments"]) == sorted(UPS[:2])


def test_a_row_of_another_brand_is_left_out(small_shop: Shop, tmp_path: Path) -> None:
    content = f"order,brand\nA1,{small_shop.brand}\nA2,{small_shop.other_brand}\nA3,\n"

    report = take_in(small_shop, tmp_path, content)

    assert [(each.line, each.column) for each in report.problems] == [(3, "brand")]
    assert count(small_shop) == 2


def test_progress_is_told_and_ends_at_the_end(small_shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "".join(f"A{n},,,,Mug,\n" for n in range(1_200)))
    told: list[int] = []
    left_out: list[BadRow] = []

    import_file(small_shop.app, path, brand=small_shop.brand, progress=told.append, on_bad_row=left_out.append)

    assert told == sorted(told)
    assert told[-1] == path.stat().st_size
    assert len(told) > 2
    assert left_out == []


def test_a_file_that_is_no_table_is_refused_whole(small_shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(NoTable, match="No column names the order"):
        take_in(small_shop, tmp_path, "colour,size\nred,7\n")
