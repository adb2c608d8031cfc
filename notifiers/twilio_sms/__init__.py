"""Texts by Twilio: how they are handed over, and what Twilio tells us later."""
