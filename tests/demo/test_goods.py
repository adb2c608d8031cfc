"""The demo's shops have a picture of everything they sell."""

from pathlib import Path

from config.settings import load
from tracker import policies
from tracker.demo.tales import TALES
from tracker.render.renderer import Renderer


def test_everything_that_the_demo_sells_has_a_picture_in_its_shop(tmp_path: Path) -> None:
    renderer = Renderer.load()
    brands = {each.slug: policies.brand(each) for each in load({"WISMO_DATA": str(tmp_path)}).brands}

    without = [
        (tale.name, each["name"])
        for tale in TALES
        for each in tale.order()["items"]
        if each["sku"] not in renderer.album(brands[tale.brand]).of_items
    ]

    assert without == []
