"""`wismo`: which commands there are."""

import sys

import typer

from config.problems import SettingsError
from tracker.cli import care, looking, orders, processes, telling
from tracker.cli.printing import WRONG_USE, warn

cli = typer.Typer(
    name="wismo",
    help='Answers "where is my order?" before it is asked.',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for room in (processes, orders, looking, telling, care):
    room.add_to(cli)


def main() -> None:
    """The entry point; settings that do not fit are a sentence each, not a traceback."""
    try:
        cli()
    except SettingsError as error:
        warn(str(error))
        sys.exit(WRONG_USE)
