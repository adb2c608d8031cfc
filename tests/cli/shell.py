"""How a test types a command: in this process, with an environment of its own."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from config.problems import SettingsError
from tracker.cli.main import cli, main

BAD_NEWS, WRONG_USE = 1, 2


@dataclass(frozen=True, slots=True)
class Shell:
    """One data directory and the variables beside it."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> Result:
        """What `wismo WORDS` prints and exits with."""
        told = {"WISMO_DATA": str(self.home), "COLUMNS": "200", "NO_COLOR": "1", **self.variables}
        return CliRunner().invoke(cli, list(words), env=told)

    def wrong_settings(self, *words: str) -> str:
        """The sentences with which settings that do not fit end a command."""
        error = self.run(*words).exception
        assert isinstance(error, SettingsError)
        return str(error)

    def main(self, *words: str) -> int:
        """The exit code of the entry point itself, which turns errors into sentences."""
        told = {"WISMO_DATA": str(self.home), **self.variables}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["wismo", *words])
            for name, value in told.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        return int(ended.value.code or 0)
