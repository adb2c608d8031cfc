"""The other end of `children`: do as many things as the next line of input says, and say how long they took."""

import json
import sys
import time
from collections.abc import Callable


def serve(work: Callable[[int], int]) -> None:
    """`work` does so many things and returns how many it did."""
    for line in sys.stdin:
        cpu, began = time.process_time(), time.perf_counter()
        done = work(int(line))
        took = {"done": done, "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
        print(json.dumps(took), flush=True)
