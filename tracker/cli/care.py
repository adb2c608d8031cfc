"""Commands that look after an installation: check it, back it up, bring it back."""

import os
from pathlib import Path
from typing import Annotated

import typer

from config.problems import SettingsError
from tracker.cli import opening
from tracker.cli.printing import BAD_NEWS, Format, answer, fail, rows


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    for command in (doctor, backup, restore):
        cli.command()(command)


def doctor(form: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """Check settings, database, queue, clock, disk, carriers and mail, and say how to mend what is wrong."""
    from tracker.jobs import checkup

    try:
        settings = opening.settings("doctor")
    except SettingsError as error:
        fail(f"{error}\nNothing else was checked.", code=BAD_NEWS)
    findings = checkup.all_findings(settings)
    rows([finding.as_row() for finding in findings], form=form)
    if any(finding.bad for finding in findings):
        raise typer.Exit(BAD_NEWS)


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write; must not exist yet.")],
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Write the whole database to one file while everything goes on running."""
    from tracker.store import backup as copying

    if file.exists():
        fail(f"{file} exists already. Name a new file.")
    if not os.access(file.absolute().parent, os.W_OK):
        fail(f"Nothing can be written to {file.absolute().parent}. Make that folder, or name another.")
    settings = opening.settings("backup")
    counted = copying.backup(settings.database_url, file)
    size = os.path.getsize(file)
    said = f"{file}: {counted} rows, {size:,} bytes. Keep SECRET_KEY with it: addresses are encrypted."
    answer({"file": str(file), "rows": counted, "bytes": size}, form=form, said=said)


def restore(
    file: Annotated[Path, typer.Argument(help="A file written by `wismo backup`.")],
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Fill an empty database from a backup. It starts in hold: nothing is sent until `wismo resume`."""
    from tracker.store import backup as copying

    if not file.is_file():
        fail(f"{file} is not a file. Name one written by `wismo backup`.")
    settings = opening.settings("restore")
    try:
        counted = copying.restore(settings.database_url, file)
    except copying.NotRestored as error:
        fail(str(error))
    said = (
        f"{counted} rows restored. Sending is on hold: messages sent after the backup was made look unsent.\n"
        "See what waits with `wismo doctor`, then `wismo resume`."
    )
    answer({"file": str(file), "rows": counted, "on_hold": True}, form=form, said=said)
