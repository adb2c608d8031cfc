"""All the demo's stories."""

from tracker.demo import tales_of_ends, tales_of_trouble
from tracker.demo.tale import Tale

TALES: tuple[Tale, ...] = tales_of_ends.TALES + tales_of_trouble.TALES
