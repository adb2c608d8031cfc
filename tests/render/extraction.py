"""Which sentences there are to translate: python -m tests.render.extraction writes the English catalogue anew."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "templates/locale/en/LC_MESSAGES/wismo.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None, "count": (1, 2)}
HEADER = """# Every sentence Wismo says. Copy this file to another language's folder and fill in the msgstr lines.
msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
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


def written() -> bytes:
    """The English catalogue's file: no dates and no line numbers, so that it changes only with the sentences."""
    target = BytesIO()
    write_po(target, extracted(), omit_header=True, sort_output=True, no_location=True, width=118)
    return HEADER.encode() + target.getvalue()


if __name__ == "__main__":
    ENGLISH.write_bytes(written())
