"""The carrier's stand-in: as strict as the carrier, and counting by itself."""
