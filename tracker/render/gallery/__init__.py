"""The orders the gallery shows: invented, in every state a page can have."""
