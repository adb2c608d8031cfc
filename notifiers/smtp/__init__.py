"""E-mail over SMTP: the bytes of a message, the connection, and what each answer means."""
