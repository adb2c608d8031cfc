"""A shop's pictures: found by SKU whatever is in it, and a file that cannot be shown is named with what to do."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from tests.render.brands import TRAIL
from tests.render.test_questions import speak
from tracker.domain.brands import Brand, Product
from tracker.domain.shipments import Item
from tracker.render import items, pages, pictures
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.pictures import Album, PictureUnfit

DRAWN = b'<?xml version="1.0"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'
FILES = {  # by name: how such a file begins
    "W-1.webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L",
    "W-2.png": b"\x89PNG\r\n\x1a\n....",
    "W-3.jpg": b"\xff\xd8\xff\xe0....",
    "W-4.JPEG": b"\xff\xd8\xff\xe1....",
    "W-5.avif": b"\x00\x00\x00\x1cftypavif....",
    "W-6.avif": b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif",
    "W-7.svg": DRAWN,
}
SELLING = replace(TRAIL, products=(Product(title="A lamp", url="https://alpenglow.example/l", picture="lamp.png"),))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where the shop's pictures of items lie."""
    made = tmp_path / "brands" / TRAIL.slug / "items"
    made.mkdir(parents=True)
    return made


def found_in(shelf: Path, brand: Brand = TRAIL) -> Album:
    return pictures.album(shelf.parents[2], brand)


def test_each_kind_of_picture_is_found_by_its_items_sku(shelf: Path) -> None:
    for name, begins in FILES.items():
        (shelf / name).write_bytes(begins + name.encode())
    for stray in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (shelf / stray).write_bytes(b"of the computer")

    album = found_in(shelf)

    assert album.of_items.keys() == {Path(name).stem for name in FILES}
    assert len(set(album.of_items.values())) == len(album.files) == len(FILES)
    assert {each.media_type.partition("/")[0] for each in album.files.values()} == {"image"}


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xef\xbb\xbf\n",
        b'<?xml version="1.0" encoding="utf-8"?>\n<!-- Generator: a drawing program 27.0 - plug-in -->\n'
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n',
        b'<?xml version="1.0"?><!DOCTYPE svg [\n  <!ENTITY ns "http://www.w3.org/2000/svg">\n]>\r\n',
        b"<!-- > -- -->\n" * 5000,
    ],
    ids=["none", "byte order mark", "old program", "entities", "5,000 comments"],
)
def test_a_drawing_is_known_whatever_its_program_wrote_before_it(shelf: Path, head: bytes) -> None:
    for name, begins in (("W-1", b"<svg\n"), ("W-2", b"<svg>"), ("W-3", b"<svg/>")):
        (shelf / f"{name}.svg").write_bytes(head + begins)

    assert found_in(shelf).of_items.keys() == {"W-1", "W-2", "W-3"}

    (shelf / "W-4.svg").write_bytes(head + b"<html><svg >")
    with pytest.raises(PictureUnfit, match=r"W-4.svg does not hold what its name says"):
        found_in(shelf)


@pytest.mark.parametrize(
    ("file", "sku"),
    [
        ("A%2F1.svg", "A/1"),
        ("%2E.%2F..%2Flogo.svg", "../../logo"),
        ("%2E%2E.svg", ".."),
        ("100%25 wool.svg", "100% wool"),
        ('<b>&".svg', '<b>&"'),
        (unicodedata.normalize("NFD", "café.svg"), unicodedata.normalize("NFC", "café")),
        ("décor.svg", unicodedata.normalize("NFD", "décor")),
    ],
)
def test_a_sku_may_hold_anything_and_only_ever_names_what_lies_in_the_folder(shelf: Path, file: str, sku: str) -> None:
    (shelf / file).write_bytes(DRAWN)

    album = found_in(shelf)
    (line,) = items.in_words([Item(sku=sku, name="A thing")], album.of_items)

    assert line.picture == f"/pictures/{TRAIL.slug}/{next(iter(album.files))}"
    assert [each.path.parent for each in album.files.values()] == [shelf]
    assert set(line.picture) <= set("abcdefghijklmnopqrstuvwxyz0123456789/.")


@pytest.mark.parametrize("sku", ["", ".", "..", "../logo", "W-1.svg", "w-1", "W-1\x00", "%57-1"])
def test_what_is_no_items_sku_has_no_picture(shelf: Path, sku: str) -> None:
    (shelf / "W-1.svg").write_bytes(DRAWN)
    (shelf.parent / "logo.svg").write_bytes(DRAWN)

    (line,) = items.in_words([Item(sku=sku, name="A thing")], found_in(shelf).of_items)

    assert line.picture == ""


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("big.png", FILES["W-2.png"].ljust(205 * 1024), r"items/big.png has 205 kB. Save it smaller, 200 kB at most"),
        ("page.png", b"<html>", r"items/page.png does not hold what its name says: no image/png"),
        ("cut.webp", b"", r"items/cut.webp does not hold what its name says: no image/webp"),
        ("page.svg", b"<html><svg >", r"items/page.svg does not hold what its name says"),
        ("old.gif", b"GIF89a", r"items/old.gif is no picture a page can show. Save it as one of .avif"),
        ("notes", b"to do", r"items/notes is no picture a page can show"),
        ("W-1.jpg", FILES["W-3.jpg"], r"items/W-1.svg is a second picture of 'W-1'. Keep one"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_named_with_what_to_do(
    shelf: Path, name: str, body: bytes, says: str
) -> None:
    (shelf / "W-1.svg").write_bytes(DRAWN)
    (shelf / name).write_bytes(body)

    with pytest.raises(PictureUnfit, match=f"^brands/alpenglow/{says}"):
        found_in(shelf)


def test_a_picture_that_cannot_be_read_is_named(shelf: Path) -> None:
    (shelf / "W-1.svg").symlink_to(shelf / "nowhere.svg")

    with pytest.raises(PictureUnfit, match=r"items/W-1.svg cannot be read \(No such file"):
        found_in(shelf)


def test_a_products_picture_must_be_there_too(shelf: Path) -> None:
    with pytest.raises(PictureUnfit, match=r"^brands/alpenglow/lamp.png cannot be read .* Put it there, or take"):
        found_in(shelf, SELLING)

    (shelf.parent / "lamp.png").write_bytes(FILES["W-2.png"])
    album = found_in(shelf, SELLING)

    assert list(album.of_products) == ["lamp.png"]
    assert album.of_products["lamp.png"].rpartition("/")[2] in album.files


def test_a_file_that_was_changed_since_is_not_passed_off_as_the_one_that_was_checked(shelf: Path) -> None:
    (shelf / "W-1.svg").write_bytes(DRAWN)
    (picture,) = found_in(shelf).files.values()

    assert picture.read() == DRAWN
    (shelf / "W-1.svg").write_bytes(DRAWN + b"<!-- later -->")
    assert picture.read() is None
    (shelf / "W-1.svg").unlink()
    assert picture.read() is None


def test_each_parcel_shows_its_own_items_and_an_order_those_that_nobody_has_parted() -> None:
    shown = {"TENT-2": "/pictures/tent", "PEG": "/pictures/peg"}
    parted = all_states()["three_parcels"]
    together = replace(parted.order, shipments=tuple(replace(each, items=()) for each in parted.order.shipments))

    by_parcel = pages.in_words(parted, TRAIL, language=speak("en"), now=NOW, pictures=shown)
    by_order = pages.in_words(replace(parted, order=together), TRAIL, language=speak("en"), now=NOW, pictures=shown)

    assert {card.n: [each.picture for each in card.items] for card in by_parcel.parcels} == {
        1: ["/pictures/tent"],
        2: ["/pictures/peg"],
        3: [""],
    }
    assert by_parcel.items == ()
    assert [card.items for card in by_order.parcels] == [()] * 3
    assert [each.picture for each in by_order.items] == ["/pictures/tent", "/pictures/peg", ""]
