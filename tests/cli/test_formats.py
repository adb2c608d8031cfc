"""Every command that answers with data gives it to programs, too."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.shell import Shell

ORDERS = "order,carrier,tracking,email\n1001,ups,1Z4WV0303100001373,ada@shopper.example\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("migrate",), {"revision"}),
        (("pause", "--brand", "volta"), {"brand", "notice", "channel", "paused", "reason"}),
        (("resume", "--brand", "volta"), {"brand", "notice", "channel", "resumed"}),
        (("key", "till", "--brand", "volta"), {"name", "brand", "key"}),
        (("key", "till", "--revoke"), {"name", "revoked"}),
        (("revoke", "1001", "--brand", "alpenglow"), {"order", "brand", "revoked"}),
        (("backup", "{home}/copy.zst"), {"file", "rows", "bytes"}),
    ],
)
def test_one_result_is_one_object_and_one_row(
    shell: Shell, tmp_path: Path, words: tuple[str, ...], says: set[str]
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    shell.run("import", str(file), "--brand", "alpenglow")
    typed = [word.replace("{home}", str(tmp_path)) for word in words]

    found = json.loads(shell.run(*typed, "--format", "json").stdout)
    (tmp_path / "copy.zst").unlink(missing_ok=True)
    rows = list(csv.DictReader(io.StringIO(shell.run(*typed, "--format", "csv").stdout)))

    assert set(found) == says
    assert [set(row) for row in rows] == [says]


def test_a_restore_tells_a_program_that_it_is_on_hold(shell: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zst"
    shell.run("key", "till", "--brand", "alpenglow")
    shell.run("backup", str(copy))
    other = Shell(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3"})

    said = json.loads(other.run("restore", str(copy), "--format", "json").stdout)

    assert (said["on_hold"], said["rows"] > 0) == (True, True)


def test_a_poll_counts_outcomes_by_carrier(shell: Shell) -> None:
    told = {**shell.variables, "UPS_CLIENT_ID": "a", "UPS_CLIENT_SECRET": "b", "UPS_BASE_URL": "http://127.0.0.1:9"}

    (row,) = json.loads(Shell(shell.home, told).run("poll", "ups", "--format", "json").stdout)

    assert (row["carrier"], row["looks"], row["down"], row["more"]) == ("ups", 0, 0, False)
