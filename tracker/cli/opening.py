"""How a command gets the settings and the app."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from config.log import set_up
from config.settings import Settings, load
from tracker.wiring import App, build


def settings(process: str) -> Settings:
    """The environment, read and checked once, and logs set up as it says. Raises SettingsError."""
    read = load(os.environ)
    set_up(read.log_format, stream=sys.stderr, process=process)
    return read


@contextmanager
def opened(process: str = "cli") -> Iterator[App]:
    """The app, closed when the command ends."""
    app = build(settings(process))
    try:
        yield app
    finally:
        app.close()


def check(settings: Settings) -> None:
    """Whether the web process can be made, tried here: there a server would wrap each error in tracebacks and retries.

    Raises ThemeUnreadable, FaqUnreadable, PictureUnfit, NotifierMisconfigured.
    """
    app = build(settings)
    try:
        for brand in app.brands.values():
            app.renderer.album(brand)
    finally:
        app.close()
