"""Which pictures a shop keeps beside its templates: of what it sells, by SKU, and of the products it names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from tracker.domain.brands import Brand

ADDRESS = "/pictures/"  # where the web edge serves what an album holds
ITEMS = "items"  # the folder in a brand's folder; its files are named by SKU
STRAY = frozenset({"thumbs.db", "desktop.ini"})  # Windows leaves them in folders that somebody opened
LARGEST = 200 * 1024  # bytes: shown 56 pixels wide, on a phone in a lift
_SVG = re.compile(  # nothing is tried twice: a long head takes no longer than its length
    rb"""(\xef\xbb\xbf)?\s*+
    (?:(?: <\?[^>]*+>
        | <!--(?:(?!-->).)*+-->  # drawing programs sign here
        | <!DOCTYPE[^>\[]*+(?:\[[^\]]*+\]\s*+)?>  # Illustrator names its entities in the brackets
    )\s*+)*+
    <svg[\s/>]""",
    re.DOTALL | re.VERBOSE,
)
KINDS: dict[str, tuple[str, re.Pattern[bytes]]] = {  # by the file name's end: media type, and how such a file begins
    ".avif": ("image/avif", re.compile(rb".{4}ftyp.{0,40}avi[fs]", re.DOTALL)),
    ".jpeg": ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ".jpg": ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ".png": ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ".svg": ("image/svg+xml", _SVG),
    ".webp": ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
}
KNOWN = ", ".join(KINDS)


class PictureUnfit(ValueError):
    """A picture that cannot be shown; says which, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One file, as it was when it was checked."""

    path: Path
    media_type: str
    digest: str  # of its bytes

    def read(self) -> bytes | None:
        """The bytes that were checked; None once the file is another or gone."""
        try:
            found = self.path.read_bytes()
        except OSError:
            return None
        return found if sha256(found).hexdigest() == self.digest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """The pictures of one brand. An address says nothing of the file's name, and changes with every byte."""

    of_items: Mapping[str, str] = field(default_factory=dict)  # address by SKU
    of_products: Mapping[str, str] = field(default_factory=dict)  # address by the name in the settings
    files: Mapping[str, Picture] = field(default_factory=dict)  # by the last part of the address


def album(templates: Path, brand: Brand) -> Album:
    """Read and check what a brand shows. Raises PictureUnfit."""
    folder = templates / "brands" / brand.slug
    named = {each.picture: _picture(folder / each.picture) for each in brand.products if each.picture}
    sold = _by_sku(folder / ITEMS) if brand.slug else {}
    return Album(
        of_items={sku: _address(brand, each) for sku, each in sold.items()},
        of_products={name: _address(brand, each) for name, each in named.items()},
        files={_name(each): each for each in (*named.values(), *sold.values())},
    )


def sku_of(path: Path) -> str:
    """What a file is a picture of: "W-1.webp" of W-1; a / in a SKU is written %2F, as in addresses."""
    return as_known(unquote(path.stem))


def as_known(sku: str) -> str:
    """One spelling of letters that are written in several ways: disks take accents apart."""
    return normalize("NFC", sku)


def _by_sku(folder: Path) -> dict[str, Picture]:
    """Every file there but what computers leave behind, each checked."""
    found: dict[str, Picture] = {}
    for path in sorted(each for each in folder.glob("[!.]*") if each.name.lower() not in STRAY):
        sku = sku_of(path)
        if sku in found:
            raise PictureUnfit(f"{_shown(path)} is a second picture of {sku!r}. Keep one of the two.")
        found[sku] = _picture(path)
    return found


def _picture(path: Path) -> Picture:
    if path.suffix.lower() not in KINDS:
        raise PictureUnfit(f"{_shown(path)} is no picture a page can show. Save it as one of {KNOWN}, or remove it.")
    try:
        size, found = path.stat().st_size, b""
        if size <= LARGEST:
            found = path.read_bytes()
    except OSError as error:
        fix = "Put it there, or take its name out of the settings."
        raise PictureUnfit(f"{_shown(path)} cannot be read ({error.strerror}). {fix}") from error
    if size > LARGEST:
        fix = f"Save it smaller, {LARGEST // 1024} kB at most; 224 pixels square is enough for an item."
        raise PictureUnfit(f"{_shown(path)} has {size // 1024} kB. {fix}")
    media_type, begins = KINDS[path.suffix.lower()]
    if not begins.match(found):
        fix = "Save it as what its name says, or rename it."
        raise PictureUnfit(f"{_shown(path)} does not hold what its name says: no {media_type}. {fix}")
    return Picture(path=path, media_type=media_type, digest=sha256(found).hexdigest())


def _address(brand: Brand, picture: Picture) -> str:
    return f"{ADDRESS}{brand.slug}/{_name(picture)}"


def _name(picture: Picture) -> str:
    return picture.digest[:32] + picture.path.suffix.lower()


def _shown(path: Path) -> str:
    """From the brand's folder on: where exactly it lies, whoever put it there knows."""
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("brands") - 1 :])
