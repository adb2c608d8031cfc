"""A mailbox that keeps a ledger of what it accepted: an independent witness of what was sent."""
