"""Which sentences there are to translate: python -m tests.render.extraction brings every catalogue up to date.

python -m tests.render.extraction                  the catalogues in templates/locale: new sentences come in empty
python -m tests.render.extraction begin FOLDER     FOLDER/<language>/wismo.po for each language of LANGUAGES
python -m tests.render.extraction check [FOLDER]   what is missing or wrong, language by language
"""

import sys
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.render import proofreading
from tests.render.notes import NOTES
from tracker.render.languages import SOURCE

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "templates/locale"
ENGLISH = LOCALE / "en/LC_MESSAGES/wismo.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None, "count": (1, 2)}
FOLDERS = {
    ROOT / "tracker/render": [("**.py", "python")],
    ROOT / "templates": [("**/brands/**", "ignore"), ("**.html", "jinja2"), ("**.txt", "jinja2")],
}
ALIKE, ONE_OR_MORE, UP_TO_ONE = "nplurals=1; plural=0;", "nplurals=2; plural=(n != 1);", "nplurals=2; plural=(n > 1);"
LANGUAGES = {  # name in English, plural forms for whole numbers as CLDR has them; babel's own table differs for four
    "en": ("English", ONE_OR_MORE),
    "th": ("Thai", ALIKE),
    "vi": ("Vietnamese", ALIKE),
    "zh_Hans": ("Chinese, simplified", ALIKE),
    "zh_Hant": ("Chinese, traditional", ALIKE),
    "ja": ("Japanese", ALIKE),
    "ko": ("Korean", ALIKE),
    "es": ("Spanish", ONE_OR_MORE),
    "pt_BR": ("Portuguese of Brazil", UP_TO_ONE),
    "fr": ("French", UP_TO_ONE),
    "de": ("German", ONE_OR_MORE),
    "it": ("Italian", ONE_OR_MORE),
    "nl": ("Dutch", ONE_OR_MORE),
    "pl": (
        "Polish",
        "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    ),
    "tr": ("Turkish", ONE_OR_MORE),
    "ar": (
        "Arabic",
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    ),
    "hi": ("Hindi", UP_TO_ONE),
    "id": ("Indonesian", ALIKE),
}
ABOUT_ENGLISH = """\
# Every sentence Wismo says, in English. Written by python -m tests.render.extraction; another language's
# catalogue stands in its own folder.
"""
ABOUT = """\
# {language}. python -m tests.render.extraction adds new sentences and drops those that went.
# No native speaker has read it yet.
# Review: none yet.
"""
HEADER = """\
msgid ""
msgstr ""
"Language: {name}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {forms}\\n"

"""


@cache
def extracted() -> Catalog:
    """All of them, from code and templates, each with what its author tells translators."""
    catalogue = Catalog(domain="wismo", project="Wismo", locale=SOURCE, fuzzy=False)
    for folder, methods in FOLDERS.items():
        found = extract_from_dir(
            folder, methods, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
        )
        for file, line, message, comments, context in found:
            where = (f"{folder.name}/{file}", line)
            note = NOTES.get(message[0] if isinstance(message, tuple) else message)
            catalogue.add(message, None, [where], auto_comments=[*comments, *([note] if note else [])], context=context)
    return catalogue


def path_of(name: str, folder: Path = LOCALE) -> Path:
    """A language's file, as the product reads it."""
    return folder / name / "LC_MESSAGES/wismo.po"


def written(name: str, before: Path | None = None) -> bytes:
    """A language's file, with the translations and the first comment of the file before; no dates and no line
    numbers, so that it changes only with the sentences."""
    about = ABOUT_ENGLISH if name == SOURCE else ABOUT.format(language=LANGUAGES[name][0])
    if before and before.exists() and name != SOURCE:
        about = _first_comment(before)
    target = BytesIO()
    write_po(target, _merged(name, before), omit_header=True, sort_output=True, no_location=True, width=118)
    return (about + HEADER.format(name=name, forms=LANGUAGES[name][1])).encode() + target.getvalue()


def read(name: str, path: Path) -> Catalog:
    """A catalogue as it stands in its file. Raises PoFileError when a plural has more forms than the language."""
    with path.open("rb") as source:
        return read_po(source, locale=name, domain="wismo", abort_invalid=True)


def _merged(name: str, before: Path | None) -> Catalog:
    catalogue = Catalog(locale=name, domain="wismo", fuzzy=False)
    catalogue.mime_headers = [("Plural-Forms", LANGUAGES[name][1])]
    known = read(name, before) if before and before.exists() and name != SOURCE else Catalog()
    for message in extracted():
        if message.id:
            old = known.get(message.id)
            kept = old.string if old and old.pluralizable == message.pluralizable else None
            catalogue.add(message.id, kept, auto_comments=message.auto_comments)
    return catalogue


def _first_comment(path: Path) -> str:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return "".join(lines[: next(n for n, line in enumerate(lines) if not line.startswith("#"))])


def _update() -> None:
    for name in LANGUAGES:
        if (path := path_of(name)).exists():
            path.write_bytes(written(name, path))


def _begin(folder: Path) -> None:
    for name in LANGUAGES:
        if name != SOURCE:
            path = folder / name / "wismo.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(name, path))


def _check(folder: Path) -> int:
    """Prints each fault; 1 if there is one."""
    faulty = 0
    for path in sorted({*folder.glob("*/wismo.po"), *folder.glob("*/LC_MESSAGES/wismo.po")}):
        name = path.relative_to(folder).parts[0]
        if name == SOURCE:
            continue
        faults = proofreading.faults(name, read(name, path), extracted())
        print(f"{name}: {len(faults) or 'no'} faults")
        print("".join(f"  {fault}\n" for fault in faults), end="")
        faulty |= bool(faults)
    return faulty


def _main(words: list[str]) -> int:
    match words:
        case []:
            _update()
        case ["begin", folder]:
            _begin(Path(folder))
        case ["check", *rest] if len(rest) < 2:
            return _check(Path(rest[0]) if rest else LOCALE)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
