"""All the demo's stories."""

from tracker.demo import tales_of_ends, tales_of_europe, tales_of_fedex, tales_of_texts, tales_of_trouble, tales_of_usps
from tracker.demo.tale import Tale

TALES: tuple[Tale, ...] = (
    *tales_of_ends.TALES,
    *tales_of_trouble.TALES,
    *tales_of_fedex.TALES,
    *tales_of_usps.TALES,
    *tales_of_europe.TALES,
    *tales_of_texts.TALES,
)
