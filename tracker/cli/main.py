"""`wismo`: which commands there are."""

import sys

import typer

from config.problems import SettingsError
from notifiers.contract import NotifierMisconfigured
from tracker.cli import admin, care, looking, orders, processes, shoppers, stuck, telling
from tracker.cli.printing import BAD_NEWS, WRONG_USE, warn
from tracker.intake.carry_out import Contended
from tracker.pipeline.ports import StoreAway
from tracker.render.faq import FaqUnreadable
from tracker.render.pictures import PictureUnfit
from tracker.render.themes import ThemeUnreadable
from tracker.store.errors import StoreUnfit

cli = typer.Typer(
    name="wismo",
    help='Answers "where is my order?" before it is asked.',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for room in (processes, orders, looking, stuck, shoppers, telling, care, admin):
    room.add_to(cli)


def main() -> None:
    """The entry point; what a person can mend is a sentence, not a traceback."""
    try:
        cli()
    except (SettingsError, ThemeUnreadable, FaqUnreadable, PictureUnfit, NotifierMisconfigured) as error:
        warn(str(error))
        sys.exit(WRONG_USE)
    except StoreUnfit as error:
        warn(f"{error}. `wismo doctor` says more.")
        sys.exit(BAD_NEWS)
    except StoreAway as error:
        warn(f"{error}. Start the database, or mend DATABASE_URL; `wismo doctor` tries it.")
        sys.exit(BAD_NEWS)
    except Contended:
        warn("Others changed the same orders again and again. Run it again: what is the same changes nothing.")
        sys.exit(BAD_NEWS)
