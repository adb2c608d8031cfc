"""Whether the pages about settings and servers say what is true of the settings."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = re.compile(r'env\w*\.(?:text|read)\(\s*"([A-Z_]+)"|_(?:secret_url|web|count)\(env, "([A-Z_]+)"')
ON_PAGE = re.compile(r"`([A-Z]+(?:_[A-Z]+)*)`")
CARRIERS = tomllib.loads((ROOT / "config" / "carriers.toml").read_text())
BY_CARRIER = {  # read by a pattern, <CARRIER>_…
    f"{name}_{setting}".upper() for name, table in CARRIERS.items() for setting in ("base_url", *table["credentials"])
}
FROM_THE_SYSTEM = {"XDG_RUNTIME_DIR"}


def test_the_page_names_what_is_read_and_nothing_else() -> None:
    read = {name for path in (ROOT / "config").glob("*.py") for pair in READ.findall(path.read_text()) for name in pair}

    page = (ROOT / "docs" / "settings.md").read_text()

    named = {name for row in page.splitlines() if row.startswith("| `") for name in ON_PAGE.findall(row.split("|")[1])}
    assert named == (read - {""} - FROM_THE_SYSTEM) | BY_CARRIER


def test_no_setting_of_the_server_page_has_a_comment_behind_it() -> None:
    """systemd would take "SECRET_KEY=  # 32 random characters" for a key that everybody can read here."""
    page = (ROOT / "docs" / "deploy.md").read_text()

    settings = re.findall(r"^[A-Z]+(?:_[A-Z]+)*=.*$", page, re.MULTILINE)

    assert len(settings) > 5
    assert [line for line in settings if "#" in line] == []
