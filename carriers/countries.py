"""Which country a name stands for, as carriers write it where a code should be."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def country_named(name: str) -> str:
    """The code of codes/countries.tsv; empty for a name without a row."""
    return _countries().get(name.upper(), "")


@cache
def _countries() -> Mapping[str, str]:
    lines = (files("carriers.codes") / "countries.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("\t") for line in lines)
