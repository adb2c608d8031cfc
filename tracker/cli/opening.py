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
