"""Whether the code keeps the shape it promises; every check is itself shown to bite."""

import re

import pytest

from tests import shape
from tests.shape import PYTHON_CHECKS, REGISTRIES, ROOT, TEXT_CHECKS, Check, Source, tracked


@pytest.mark.parametrize("check", PYTHON_CHECKS)
def test_all_python_files_pass(check: Check) -> None:
    sources = tracked(ending=".py")

    found = [f"{source.path}: {finding}" for source in sources for finding in check(source)]

    assert len(sources) > 40
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("check", TEXT_CHECKS)
def test_all_files_pass(check: Check) -> None:
    found = [f"{source.path}: {finding}" for source in tracked() for finding in check(source)]

    assert not found, "\n".join(["", *found])


LONG_FUNCTION = "def slow() -> None:\n" + "    pass\n" * 50
NIGHT = "from datetime import datetime\ndef f():\n    return datetime.now()\n"

PLANTS: list[tuple[Check, str, str, str]] = [  # check, path, what it must refuse, what it must let pass at that path
    (shape.short_file, "tracker/x.py", "\n" * 300, "\n" * 299),
    (shape.short_functions, "tracker/x.py", LONG_FUNCTION, LONG_FUNCTION.removesuffix("    pass\n")),
    (shape.starts_with_a_sentence, "tests/x.py", "x = 1\n", '"""What x is."""\n'),
    (shape.init_is_only_a_docstring, "tracker/web/__init__.py", '"""A."""\nfrom tracker import x\n', '"""A."""\n'),
    (shape.says_what_is_inside, "tracker/utils.py", "", ""),
    (
        shape.instants_keep_their_zone,
        "tracker/store/x.py",
        "from sqlalchemy import DateTime\n",
        "from sqlalchemy import Date\n",
    ),
    (shape.instants_keep_their_zone, "tracker/store/x.py", "import sqlalchemy as sa\nsa.DateTime()\n", "sa.Date()\n"),
    (shape.claims_are_conditional_updates, "tracker/store/x.py", "select().with_for_update()\n", "update()\n"),
    (shape.claims_are_conditional_updates, "tracker/store/x.py", 'text("SELECT 1 FOR UPDATE")\n', 'text("SELECT 1")\n'),
    (
        shape.only_settings_read_the_environment,
        "tracker/store/x.py",
        "import os\nos.environ\n",
        "import os\nos.getpid()\n",
    ),
    (shape.only_settings_read_the_environment, "tracker/cli/x.py", "os.environ['PORT']\n", "load(os.environ)\n"),
    (shape.only_settings_read_the_environment, "tracker/cli/x.py", "os.environ.get('PORT')\n", "dict(os.environ)\n"),
    (shape.only_settings_read_the_environment, "tracker/cli/x.py", "os.getenv('PORT')\n", "os.getpid()\n"),
    (
        shape.only_settings_read_the_environment,
        "tracker/cli/x.py",
        "from os import environ\n",
        "from os import getpid\n",
    ),
    (shape.only_edges_read_the_clock, "tracker/domain/x.py", NIGHT, "def f(now): return now\n"),
    (
        shape.only_edges_read_the_clock,
        "tracker/store/x.py",
        "import time\ntime.time()\n",
        "import time\ntime.monotonic()\n",
    ),
    (
        shape.only_edges_read_the_clock,
        "carriers/ups.py",
        "import datetime\ndatetime.datetime.now()\n",
        "datetime.datetime.min\n",
    ),
    (shape.imports_build_nothing, "tracker/web/x.py", "app = FastAPI()\n", "def build(): return FastAPI()\n"),
    (
        shape.imports_build_nothing,
        "tracker/store/x.py",
        "class A:\n    engine = sa.create_engine('x')\n",
        "class A:\n    x = 1\n",
    ),
    (
        shape.imports_build_nothing,
        "tracker/store/x.py",
        "if True:\n    s = requests.Session()\n",
        "if True:\n    s = 1\n",
    ),
    (shape.every_test_asserts, "tests/test_x.py", "def test_x():\n    run()\n", "def test_x():\n    assert run()\n"),
    (shape.every_test_asserts, "tests/test_x.py", "async def test_x(): run()\n", "def test_x():\n    until(run)\n"),
    (shape.no_test_patches, "tests/test_x.py", "from unittest import mock\n", "from unittest import case\n"),
    (shape.no_test_patches, "tests/test_x.py", "import unittest.mock\n", "import unittest\n"),
    (shape.no_test_patches, "tests/test_x.py", "from unittest.mock import patch\n", "from x import patch\n"),
    (shape.no_test_patches, "tests/test_x.py", "monkeypatch.setattr(x, 'y', 1)\n", "monkeypatch.setenv('A', 'b')\n"),
    (shape.no_test_sleeps, "tests/faults/test_x.py", "import time\ntime.sleep(1)\n", "until(there)\n"),
    (shape.no_test_sleeps, "tests/web/test_x.py", "await asyncio.sleep(1)\n", "await until_in_loop(there)\n"),
    (shape.no_test_sleeps, "tests/web/test_x.py", "from time import sleep\nsleep(1)\n", "asleep(1)\n"),
    (
        shape.no_test_is_left_out,
        "tests/test_x.py",
        "@pytest.mark.skipif(True)\ndef test_x(): assert 1\n",
        "pytest.mark.browser\n",
    ),
    (shape.no_test_is_left_out, "tests/test_x.py", "pytest.importorskip('x')\n", "pytest.raises(ValueError)\n"),
    (shape.no_registry_is_named, "docs/x.md", f"see https://{REGISTRIES[0]}/project\n", "see its project page\n"),
]


@pytest.mark.parametrize(("check", "path", "refused", "fine"), PLANTS)
def test_each_check_finds_what_is_planted(check: Check, path: str, refused: str, fine: str) -> None:
    planted = list(check(Source(path, refused)))
    innocent = Source(path.replace("utils", "words"), fine)

    assert planted, f"{check.__name__} did not notice {refused!r}"
    assert list(check(innocent)) == []


def test_no_check_goes_untested() -> None:
    assert {plant[0] for plant in PLANTS} == {*PYTHON_CHECKS, *TEXT_CHECKS}


COMMAND = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?(make|wismo) ([a-z-]+)|`(make|wismo) ([a-z-]+)", re.MULTILINE)


def commands_in(text: str) -> set[tuple[str, str]]:
    """The make targets and wismo commands that a page tells its reader to type."""
    return {(found[1] or found[3], found[2] or found[4]) for found in COMMAND.finditer(text)}


def commands_there_are() -> set[tuple[str, str]]:
    from tracker.cli.main import cli  # here: the checks above need none of the product

    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = {each.name or each.callback.__name__ for each in cli.registered_commands if each.callback}
    groups = {group.name for group in cli.registered_groups if group.name}
    return {("make", target) for target in targets} | {("wismo", name) for name in named | groups}


def test_every_command_a_page_names_exists() -> None:
    pages = [source for source in tracked(ending=".md") if not source.path.startswith("docs/decisions/")]
    named = {(page.path, *command) for page in pages for command in commands_in(page.text)}
    processes = re.findall(r"^\w+: wismo (\w+)", (ROOT / "Procfile").read_text(), re.MULTILINE)
    named |= {("Procfile", "wismo", process) for process in processes}

    there = commands_there_are()

    assert {("README.md", "make", "demo"), ("Procfile", "wismo", "worker")} <= named
    assert [f"{path}: {program} {name}" for path, program, name in sorted(named) if (program, name) not in there] == []


def test_commands_are_found_however_they_are_written() -> None:
    page = "Run `make demo`, then:\n\n    wismo doctor\n    $ wismo up\n\nWe make sure that wismo is quiet.\n"

    assert commands_in(page) == {("make", "demo"), ("wismo", "doctor"), ("wismo", "up")}


def test_every_runtime_package_is_imported_somewhere() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert listed
    needed = {re.split(r"[\[><=]", each)[0] for each in re.findall(r'"([^"]+)"', listed[1])}
    text = "\n".join(source.text for source in tracked(ending=".py") if source.is_product)
    loaded_by_others = {"python-multipart", "psycopg", "tzdata"}  # by FastAPI, SQLAlchemy and zoneinfo
    named_otherwise = {"argon2-cffi": "argon2", "markdown-it-py": "markdown_it"}

    unused = [
        name
        for name in sorted(needed - loaded_by_others)
        if not re.search(
            rf"^\s*(import|from) {named_otherwise.get(name, name.replace('-', '_'))}\b", text, re.MULTILINE
        )
    ]

    assert unused == []
