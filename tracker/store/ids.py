"""What a fresh id looks like: UUIDv7 as 32 hexadecimal digits, so that new rows stand together in every index."""

import os
import time

MILLION = 1_000_000  # nanoseconds in a millisecond


def new_id() -> str:
    """48 bits of milliseconds, 12 of the part below, 62 random bits; one process makes them in rising order.

    The time is there for the index and is never read back.
    """
    stamp, below = divmod(time.time_ns(), MILLION)
    high = 0x7000 | (below << 12) // MILLION
    low = 0x8000_0000_0000_0000 | int.from_bytes(os.urandom(8), "big") >> 2
    return f"{stamp:012x}{high:04x}{low:016x}"
