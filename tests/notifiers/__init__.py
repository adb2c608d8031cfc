"""Mail, addresses and the mailbox that witnesses what was sent."""
