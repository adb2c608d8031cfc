"""How CSV files from any shop or spreadsheet are read, and what becomes of the rows nobody can read."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tracker.shops import csv_file
from tracker.shops.csv_file import BadRow, Reading, Stated
from tracker.shops.csv_rows import NoTable, encoding_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def read(tmp_path: Path, content: str | bytes, *, zone: str = "UTC") -> list[Stated | BadRow]:
    path = tmp_path / "orders.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(csv_file.read(path, Reading(zone=zone, now=NOW)))


def stated(found: list[Stated | BadRow]) -> list[Stated]:
    return [each for each in found if isinstance(each, Stated)]


def bad(found: list[Stated | BadRow]) -> list[BadRow]:
    return [each for each in found if isinstance(each, BadRow)]


@pytest.mark.parametrize(
    "content",
    [
        "order,tracking,city\nA1,1Z999AA10123456784,Ålesund\n",
        "\ufefforder,tracking,city\nA1,1Z999AA10123456784,Ålesund\n",
        "order;tracking;city\r\nA1;1Z999AA10123456784;Ålesund\r\n",
        "sep=;\r\norder;tracking;city\r\nA1;1Z999AA10123456784;Ålesund",
        "order\ttracking\tcity\rA1\t1Z999AA10123456784\tÅlesund\r",
        'Order No.,"Tracking-Number",SHIPPING CITY\n"A1","1Z999AA10123456784","Ålesund"\n',
        "order,tracking,city\nA1,1Z999AA10123456784,Ålesund\n".encode("cp1252"),
        "order\ttracking\tcity\r\nA1\t1Z999AA10123456784\tÅlesund\r\n".encode("utf-16"),
    ],
    ids=["plain", "BOM", "semicolons", "sep line", "tabs, old Mac", "quotes", "cp1252", "utf-16"],
)
def test_every_common_way_to_write_a_table_is_read(tmp_path: Path, content: str | bytes) -> None:
    found = stated(read(tmp_path, content))

    assert [each.order.number for each in found] == ["A1"]
    assert found[0].order.shipments[0].tracking_number == "1Z999AA10123456784"
    assert found[0].order.destination.city == "Ålesund"


def test_a_quoted_cell_may_run_over_lines_and_line_numbers_stay_right(tmp_path: Path) -> None:
    found = read(tmp_path, 'order,note,quantity,item\nA1,"two\nlines, and ""more""",1,Mug\nA2,,many,Mug\n')

    assert [each.order.number for each in stated(found)] == ["A1"]
    assert [(each.line, each.column) for each in bad(found)] == [(4, "quantity")]


def test_a_quote_that_is_never_closed_costs_one_row_not_the_rest_of_the_file(tmp_path: Path) -> None:
    rows = "".join(f"A{n},Mug\n" for n in range(2, 300))

    found = read(tmp_path, f'order,item\nA0,Mug\nA1,"Mug\n{rows}')

    assert [each.line for each in bad(found)] == [3]
    assert len(stated(found)) == 299


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("A1,1.22816E+14,,,", "tracking", "was turned into 1.2E+14 by a spreadsheet"),
        ('A1,"1,22816E+14",,,', "tracking", "was turned into 1.2E+14 by a spreadsheet"),
        ("2.02601E+11,,,,", "order", "was turned into 1.2E+14 by a spreadsheet"),
        ("A1,10000000001,,,", "tracking", "looks damaged by a spreadsheet"),
        (",1Z999AA10123456784,,,", "order", "is missing"),
        ("A1,,03/04/2026,,", "placed_at", "is not a date we can read"),
        ("A1,,2026-02-30,,", "placed_at", "is not a date we can read"),
        ("A1,,,nobody at home,", "email", "cannot be used"),
        ("A1,,,,maybe", "sms_consent", "is neither yes nor no"),
        ("A1,,,,,,extra", "", "has too many cells"),
    ],
)
def test_a_bad_row_is_reported_with_line_column_reason_and_fix(
    tmp_path: Path, row: str, column: str, reason: str
) -> None:
    found = read(tmp_path, f"order,tracking,placed_at,email,sms_consent\n{row}\nA9,,,,\n")

    (report,) = bad(found)
    assert (report.line, report.column, report.reason) == (2, column, reason)
    assert report.fix
    assert [each.order.number for each in stated(found)] == ["A9"]


def test_a_report_shows_the_shape_of_a_cell_never_its_content(tmp_path: Path) -> None:
    (report,) = bad(read(tmp_path, "order,email\nA1,Ada Nord 1815\n"))

    assert report.found == "'aaa aaaa 9999'"


def test_rows_of_one_order_become_one_order_with_its_parcels_and_items(tmp_path: Path) -> None:
    content = (
        "order,tracking,item,quantity,email\n"
        "A1,1Z999AA10123456784,Mug,1,ada@shopper.example\n"
        "A1,1Z999AA10123456785,Bowl,2,\n"
        "A1,1Z999AA10123456785,Plate,3,\n"
        "A2,,Jug,1,\n"
    )

    first, second = stated(read(tmp_path, content))

    assert [[item.name for item in each.items] for each in first.order.shipments] == [["Mug"], ["Bowl", "Plate"]]
    assert [item.quantity for item in first.order.items] == [1, 2, 3]
    assert first.order.recipients[0].contacts[0].address == "ada@shopper.example"
    assert (first.rows, first.line, second.order.number) == (3, 2, "A2")


def test_a_single_parcel_holds_every_line_of_its_order(tmp_path: Path) -> None:
    (order,) = stated(read(tmp_path, "order,tracking,item\nA1,1Z999AA10123456784,Mug\nA1,,Bowl\n"))

    assert order.order.shipments[0].items == ()
    assert [item.name for item in order.order.items] == ["Mug", "Bowl"]


def test_times_without_an_offset_are_the_shops_own(tmp_path: Path) -> None:
    cells = ("2026-07-01 10:00", "01.07.2026 10:00", "2026-07-01 10:00:00 +0300", "2026-07-01T08:00Z")
    content = "order,placed_at\n" + "".join(f"A{n},{cell}\n" for n, cell in enumerate(cells))

    found = stated(read(tmp_path, content, zone="Europe/Oslo"))

    assert [each.order.placed_at.hour for each in found if each.order.placed_at] == [8, 8, 7, 8]


def test_one_promised_day_is_a_window_of_one_day(tmp_path: Path) -> None:
    (order,) = stated(read(tmp_path, "order,promised\nA1,2026-03-04\n"))

    assert order.order.promised is not None
    assert order.order.promised.first_day == order.order.promised.last_day == date(2026, 3, 4)


def test_a_postcode_gets_its_zero_back_where_none_is_shorter(tmp_path: Path) -> None:
    found = stated(read(tmp_path, "order,country,postcode\nA1,US,2134\nA2,NO,5013\nA3,DE,1067\n"))

    assert [each.order.destination.postcode for each in found] == ["02134", "5013", "01067"]


def test_a_shop_exports_name_is_the_number_only_when_nothing_else_is(tmp_path: Path) -> None:
    (shopify,) = stated(read(tmp_path, "Name,Email\n#1001,ada@shopper.example\n"))
    (plain,) = stated(read(tmp_path, "Order,Name,Email\nA1,Ada,ada@shopper.example\n"))

    assert shopify.order.number == "#1001"
    assert (plain.order.number, plain.order.recipients[0].name) == ("A1", "Ada")


@pytest.mark.parametrize("content", [b"", b"\n", b"email,city\na,b\n", b"PK\x03\x04\x00\x00rest", b"x" * 100_000])
def test_a_file_that_is_no_table_of_orders_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NoTable):
        read(tmp_path, content)


def test_bytes_that_no_encoding_knows_cost_only_their_row(tmp_path: Path) -> None:
    found = read(tmp_path, b"order,city\nA1,\x81lesund\nA2,Bergen\n")

    assert [(each.column, each.reason) for each in bad(found)] == [("city", "holds a character that was lost")]
    assert [each.order.number for each in stated(found)] == ["A2"]


def test_an_encoding_is_judged_by_the_whole_file_not_its_start(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"order,city\n" + b"A1,Bergen\n" * 20_000 + "A2,Ålesund\n".encode("cp1252"))

    assert encoding_of(path) == "cp1252"


MEASURE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tracker.shops.csv_file import Reading, Stated, read
reading = Reading(zone="UTC", now=datetime(2026, 3, 2, tzinfo=UTC))
read_once = sum(isinstance(each, Stated) for each in read(Path(sys.argv[1]), reading))
before = getrusage(RUSAGE_SELF).ru_maxrss
count = sum(isinstance(each, Stated) for each in read(Path(sys.argv[2]), reading))
print(read_once, count, getrusage(RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_hundred_thousand_rows_need_no_more_memory_than_a_hundred(tmp_path: Path) -> None:
    for name, rows in (("small.csv", 100), ("large.csv", 100_000)):
        with (tmp_path / name).open("w") as file:
            file.write("order,tracking,item,email,city\n")
            file.writelines(f"A{n},1Z{n:016},Mug,ada@shopper.example,Bergen\n" for n in range(rows))

    command = [sys.executable, "-c", MEASURE, str(tmp_path / "small.csv"), str(tmp_path / "large.csv")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=240)

    small, large, grown_kib = map(int, done.stdout.split())
    assert (small, large) == (100, 100_000)
    assert grown_kib < 4096  # the file itself has 5,600 KiB
