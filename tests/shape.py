"""What the shape of the code promises, as one check per promise."""

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PRODUCT = ("tracker/", "carriers/", "notifiers/", "config/")
LONGEST_FILE = 300
LONGEST_FUNCTION = 50

EDGES_THAT_PASS_THE_ENVIRONMENT = ("tracker/cli/", "tracker/jobs/", "tracker/demo/", "tracker/web/serve")
EDGES_THAT_READ_THE_CLOCK = (
    "tracker/cli/",
    "tracker/web/",
    "tracker/jobs/",
    "tracker/demo/",
    "tracker/wiring",
    "tracker/store/ids.py",  # a UUIDv7 begins with the machine's time
    "config/",
    "carriers/sandbox/",
    "notifiers/sandbox/",
)
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
CLIENTS = {
    *("create_engine", "sessionmaker", "Session", "Redis", "from_url", "RedisBroker", "Client", "FastAPI", "Starlette"),
    *("Environment", "SMTP", "SMTP_SSL", "BlockingScheduler", "BackgroundScheduler", "connect"),
}
SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"}
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "lib", "stuff"}
ZONELESS_TYPES = {"DateTime", "DATETIME", "TIMESTAMP"}
REGISTRIES = tuple(
    "".join(pieces)
    for pieces in (  # in pieces, so that this file passes its own check
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("crates", ".io"),
        ("proxy.golang", ".org"),
        ("ruby", "gems.org"),
        ("jsdel", "ivr.net"),
        ("un", "pkg.com"),
    )
)


@dataclass(frozen=True)
class Source:
    """One tracked text file."""

    path: str
    text: str

    @property
    def is_product(self) -> bool:
        return self.path.startswith(PRODUCT)

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/")

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    def uses(self) -> Iterator[tuple[str, int]]:
        """Every dotted name that is read, and its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute | ast.Name):
                yield ast.unparse(node), node.lineno


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


Check = Callable[[Source], Iterator[str]]


def short_file(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if source.is_product and "/migrations/" not in source.path and lines >= LONGEST_FILE:
        yield f"{lines} lines; a file has one subject and is under {LONGEST_FILE}"


def short_functions(source: Source) -> Iterator[str]:
    for function in functions(source):
        length = (function.end_lineno or 0) - function.lineno + 1
        if source.is_product and "/migrations/" not in source.path and length > LONGEST_FUNCTION:
            yield f"line {function.lineno}: {function.name} has {length} lines; {LONGEST_FUNCTION} at most"


def starts_with_a_sentence(source: Source) -> Iterator[str]:
    first = (ast.get_docstring(source.tree) or "").split("\n")[0]
    empty = not source.tree.body
    if not first and not (empty and source.path.endswith("__init__.py")):
        yield "no docstring that says what this module answers"


def init_is_only_a_docstring(source: Source) -> Iterator[str]:
    body = source.tree.body
    only_text = len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    if source.path.endswith("__init__.py") and body and not only_text:
        yield f"line {body[-1].lineno}: an __init__ holds a docstring and nothing else"


def says_what_is_inside(source: Source) -> Iterator[str]:
    for part in Path(source.path).with_suffix("").parts:
        if part.lower().strip("_") in EMPTY_WORDS:
            yield f"{part!r} says nothing about what is inside"


def instants_keep_their_zone(source: Source) -> Iterator[str]:
    if not source.is_product or source.path == "tracker/store/columns.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for name in {each.name for each in node.names} & ZONELESS_TYPES:
                yield f"line {node.lineno}: {name} loses the offset on SQLite; use Instant"
        if isinstance(node, ast.Attribute) and node.attr in ZONELESS_TYPES:
            yield f"line {node.lineno}: {node.attr} loses the offset on SQLite; use Instant"


def claims_are_conditional_updates(source: Source) -> Iterator[str]:
    if not source.is_product or source.path.startswith("tracker/store/claim"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "with_for_update":
            yield f"line {node.lineno}: SQLite drops FOR UPDATE silently; claim by conditional update"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "FOR UPDATE" in node.value:
            yield f"line {node.lineno}: FOR UPDATE in a text; claim by conditional update"


def only_settings_read_the_environment(source: Source) -> Iterator[str]:
    if not source.is_product:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.getenv":
            yield f"line {node.lineno}: os.getenv; add the variable to config/settings.py"
        if isinstance(node, ast.Attribute | ast.Subscript) and ast.unparse(node.value) == "os.environ":
            yield f"line {node.lineno}: reads one variable; add it to config/settings.py"
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {a.name for a in node.names}
        ):
            yield f"line {node.lineno}: imports the environment; write os.environ so that it can be found"
    if not source.path.startswith(EDGES_THAT_PASS_THE_ENVIRONMENT):
        yield from (
            f"line {line}: os.environ away from the edges" for name, line in source.uses() if name == "os.environ"
        )


def only_edges_read_the_clock(source: Source) -> Iterator[str]:
    if source.is_product and not source.path.startswith(EDGES_THAT_READ_THE_CLOCK):
        for name, line in source.uses():
            if name in CLOCKS or name.removeprefix("datetime.") in CLOCKS:
                yield f"line {line}: {name}; time is an argument"


def imports_build_nothing(source: Source) -> Iterator[str]:
    if not source.is_product:
        return
    for call in calls_while_imported(source.tree.body):
        name = ast.unparse(call.func).rsplit(".", 1)[-1]
        if name in CLIENTS:
            yield f"line {call.lineno}: builds a {name} while it is imported; wiring does that"


def every_test_asserts(source: Source) -> Iterator[str]:
    if not source.is_test or not Path(source.path).name.startswith("test_"):
        return
    for function in functions(source):
        if function.name.startswith("test_") and not any(asserts(node) for node in ast.walk(function)):
            yield f"line {function.lineno}: {function.name} asserts nothing"


def no_test_patches(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [each.name for each in node.names]
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if any(
            f"{module}.{name}".strip(".").startswith(("unittest.mock", "mock.")) or name == "mock" for name in names
        ):
            yield f"line {node.lineno}: seams, not patches"
    for name, line in source.uses():
        if name == "monkeypatch.setattr" or name.startswith("mocker."):
            yield f"line {line}: {name}; seams, not patches"


def no_test_sleeps(source: Source) -> Iterator[str]:
    if source.is_test and source.path != "tests/servers.py":
        for name, line in source.uses():
            if name in SLEEPS:
                yield f"line {line}: a bare sleep; use until(predicate, deadline)"


def no_test_is_left_out(source: Source) -> Iterator[str]:
    left_out = (
        "pytest.skip",
        "pytest.mark.skip",
        "pytest.mark.skipif",
        "pytest.mark.xfail",
        "pytest.xfail",
        "pytest.importorskip",
    )
    if source.is_test and source.path != "tests/conftest.py":
        for name, line in source.uses():
            if name in left_out:
                yield f"line {line}: {name}; a test that does not run proves nothing"


def no_registry_is_named(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        yield from (f"line {number}: names {host}" for host in REGISTRIES if host in line)


PYTHON_CHECKS: tuple[Check, ...] = (
    short_file,
    short_functions,
    starts_with_a_sentence,
    init_is_only_a_docstring,
    says_what_is_inside,
    instants_keep_their_zone,
    claims_are_conditional_updates,
    only_settings_read_the_environment,
    only_edges_read_the_clock,
    imports_build_nothing,
    every_test_asserts,
    no_test_patches,
    no_test_sleeps,
    no_test_is_left_out,
)
TEXT_CHECKS: tuple[Check, ...] = (no_registry_is_named,)


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls_while_imported(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Calls that run when the module is imported: not those inside functions."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.ClassDef):
            yield from calls_while_imported(statement.body)
            continue
        yield from (node for node in ast.walk(statement) if isinstance(node, ast.Call))


def asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name in ("pytest.raises", "pytest.fail", "until") or name.rsplit(".", 1)[-1].startswith("assert_")


def tracked(*, ending: str = "") -> list[Source]:
    """Every file git knows, as text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in listed.split("\0") if path.endswith(ending) and path and (ROOT / path).is_file()]
    return [Source(path, (ROOT / path).read_text(encoding="utf-8", errors="replace")) for path in paths]
