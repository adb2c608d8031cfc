"""Whether docs/adding-a-carrier.md is right: its example, followed word for word in a copy, works there.

A block that names a file is that file, or, as a diff, the lines to add to it around lines that stand in it once. A
block of shell is run. What the copy then has to pass is what a carrier of ours has to pass.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shape import ROOT

PAGE = ROOT / "docs" / "adding-a-carrier.md"
EXAMPLE = PAGE.read_text(encoding="utf-8").partition("## An example, whole")[2]
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent
ROOMS = ("carriers", "config", "docs", "notifiers", "templates", "tests", "tracker", "pyproject.toml")
TIMEOUT = 240


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with the example's carrier in it."""
    folder = tmp_path_factory.mktemp("copy")
    for room in ROOMS:
        if (ROOT / room).is_dir():
            shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "var"))
        else:
            shutil.copy(ROOT / room, folder / room)
    for block in BLOCK.finditer(EXAMPLE):
        follow(folder, block["kind"], block["file"], block["text"])
    return folder


def follow(folder: Path, kind: str, file: str | None, text: str) -> None:
    """Do what one block of the page says."""
    if file is None:
        assert kind == "sh", f"a block of {kind} names no file"
        subprocess.run(text, shell=True, cwd=folder, check=True)
    elif kind == "diff":
        change(folder / file, text.splitlines(keepends=True))
    else:
        assert not (folder / file).exists(), f"{file} is there already"
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")


def change(path: Path, lines: list[str]) -> None:
    """Add the lines marked with a plus around the others."""
    before = path.read_text(encoding="utf-8")
    old = "".join(line[1:] for line in lines if line.startswith(" "))
    new = "".join(line[1:] for line in lines)
    assert {line[0] for line in lines} <= {" ", "+", "\n"}, f"{path.name}: a line is neither added nor there"
    assert before.count(old) == 1, f"{path.name} has {before.count(old)} of {old!r}; mend the page"
    path.write_text(before.replace(old, new), encoding="utf-8")


def run(copy: Path, *command: str, **environment: str) -> str:
    """What a command says in the copy; it must succeed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WISMO_", "CARRIER_", "GIT_"))}
    done = subprocess.run(
        command, cwd=copy, env={**kept, **environment}, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_its_own_tests_and_those_of_the_settings_pass(copy: Path) -> None:
    said = run(
        copy,
        *(sys.executable, "-m", "pytest", "-q", "tests/carriers/test_sparrow.py", "tests/carriers/test_detect.py"),
        "tests/config/test_docs.py",
    )

    assert " passed" in said


def test_it_stands_where_carriers_stand(copy: Path) -> None:
    made = ("carriers/sparrow.py", "carriers/registry.py", "tests/speaking.py", "tests/carriers/test_sparrow.py")

    assert "0 broken" in run(copy, str(BIN / "lint-imports"), "--no-cache")
    run(copy, str(BIN / "ruff"), "check", "--no-cache", *made)
    run(copy, str(BIN / "ruff"), "format", "--no-cache", "--check", *made)
    run(copy, sys.executable, "-m", "mypy", *made)


def test_its_saved_answers_are_judged_like_all_others(copy: Path, tmp_path: Path) -> None:
    shutil.copytree(copy / "tests" / "carriers" / "fixtures" / "sparrow", tmp_path / "sparrow")
    rows = ["file\texpected_state\texpected_sub_state", "sparrow/returned.json\tdelayed\treturned"]
    (tmp_path / "SOURCES.tsv").write_text("\n".join([*rows, "sparrow/unknown.json\tnot_found\t", ""]))

    said = run(copy, sys.executable, "-m", "tests.conformance", CARRIER_SAMPLES=str(tmp_path))

    assert said.splitlines()[-1] == "2 mutants, 2 right"


def test_a_person_can_read_a_saved_answer_of_it(copy: Path, tmp_path: Path) -> None:
    file = copy / "tests" / "carriers" / "fixtures" / "sparrow" / "returned.json"

    said = run(
        copy,
        *(sys.executable, "-m", "tracker", "read", "sparrow", str(file), "--format", "json"),
        WISMO_DATA=str(tmp_path),
    )

    (shipment,) = json.loads(said)["shipments"]
    assert (shipment["tracking_number"], shipment["milestone"]) == ("SP123456789", "returned")


def test_a_number_of_it_is_recognised_and_its_settings_are_named(copy: Path, tmp_path: Path) -> None:
    asked = (
        "import os; from config.settings import load; from carriers.detect import candidates; "
        "print(candidates('SP123456789'), load(os.environ).carriers['sparrow'].why_off)"
    )

    said = run(copy, sys.executable, "-c", asked, WISMO_DATA=str(tmp_path))

    assert said.strip() == "('sparrow',) set SPARROW_API_KEY to ask sparrow"


def test_a_page_that_no_longer_fits_the_code_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "registry.py").write_text("OPEN = {}\n")

    with pytest.raises(AssertionError, match="mend the page"):
        change(tmp_path / "registry.py", [" OPEN: Mapping[str, Open] = {\n", '+    "sparrow": _open_sparrow,\n'])
