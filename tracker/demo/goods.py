"""What the demo's two shops sell: the SKUs under which their pictures lie."""

from typing import Any

SKUS = {
    "Cable set": "CBL-3",
    "Desk microphone": "MIC-2",
    "Field recorder": "REC-4",
    "Headphones": "HP-1",
    "Ridgeline tent": "TENT-2",
    "Sleeping bag": "BAG",
    "Stove": "STOVE",
    "Studio monitor": "MON-5",
    "Tent": "TENT-2",
    "Tent pegs": "PEG",
    "Trail jacket": "JACKET",
    "Turntable mat": "MAT",
    "Wind shield": "WIND",
    "Wool socks": "SOCKS",
}


def item(name: str) -> dict[str, Any]:
    """One of it, as an order states it."""
    return {"sku": SKUS[name], "name": name, "quantity": 1}
