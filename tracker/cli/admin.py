"""Commands about who may open the console."""

import secrets
import sys
from typing import Annotated

import typer

from tracker.cli import opening
from tracker.cli.printing import BAD_NEWS, Format, fail, rows, say
from tracker.store import admins, passwords

GENERATED = 18  # bytes: 24 letters, 144 bits

Name = Annotated[str, typer.Argument(help="A name to log in with.")]


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    group = typer.Typer(help="Who may open the console at /ops.", no_args_is_help=True)
    group.command()(create)
    group.command(name="list")(list_)
    group.command()(remove)
    cli.add_typer(group, name="admin")


def create(
    name: Name,
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")] = False,
) -> None:
    """Let somebody into the console, or give a new password; asks for it, or reads it from standard input."""
    if not name.isprintable() or not 1 <= len(name) <= 100 or name != name.strip():
        fail(f"{name!r} is no name to log in with. Use up to 100 letters without blanks at its ends.")
    password = secrets.token_urlsafe(GENERATED) if generate else _password()
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        fail(f"A password has {passwords.SHORTEST} to {passwords.LONGEST} characters; --generate makes one.")
    hashed = passwords.hashed(password)  # slow: not while others wait for the database
    with opening.opened() as app, app.store.begin() as connection:
        is_new = admins.put(connection, name, password_hash=hashed, machine_now=app.machine_now())
    if generate:
        say(password)
    else:
        said = "may log in" if is_new else "has a new password, and is logged out everywhere"
        say(f"{name} {said}: {app.settings.public_url}/ops/login")


def list_(form: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """Show who may open the console."""
    with opening.opened() as app, app.store.read() as snapshot:
        found = admins.every(snapshot.connection)
    listed = [{"name": each.name, "since": each.created_machine_at.isoformat(timespec="minutes")} for each in found]
    rows(listed, form=form, empty="Nobody. Let somebody in with `wismo admin create NAME`.", columns=("name", "since"))


def remove(name: Name) -> None:
    """Let somebody in no more; whoever is inside is out at once."""
    with opening.opened() as app, app.store.begin() as connection:
        was_there = admins.remove(connection, name)
    if not was_there:
        fail(f"Nobody is called {name!r}. `wismo admin list` shows who may log in.", code=BAD_NEWS)
    say(f"{name} may not log in any more.")


def _password() -> str:
    """Typed twice without being shown; a script writes one line."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
