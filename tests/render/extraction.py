"""Which sentences there are to translate: python -m tests.render.extraction writes the English catalogue anew."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "templates/locale/en/LC_MESSAGES/wismo.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None, "count": (1, 2)}
FOLDERS = {
    ROOT / "tracker/render": [("**.py", "python")],
    ROOT / "templates": [("**/brands/**", "ignore"), ("**.html", "jinja2"), ("**.txt", "jinja2")],
}


def extracted() -> Catalog:
    """All of them, from code and templates."""
    catalogue = Catalog(domain="wismo", project="Wismo", locale="en", fuzzy=False)
    for folder, methods in FOLDERS.items():
        for file, line, message, comments, context in extract_from_dir(folder, methods, keywords=KEYWORDS):
            where = (f"{folder.name}/{file}", line)
            catalogue.add(message, None, [where], auto_comments=comments, context=context)
    return catalogue


def main() -> None:
    """English needs no translation: its catalogue is the list for translators to copy."""
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as target:
        write_po(target, extracted(), omit_header=False, sort_output=True, no_location=True, width=118)


if __name__ == "__main__":
    main()
