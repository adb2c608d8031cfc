"""Takes what mails read now as approved: python -m tests.render.approve, then look at the difference."""

from tests.render.brands import TRAIL
from tests.render.mails import all_mails
from tests.render.test_mails import GOLDEN
from tracker.render.renderer import Renderer

if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, mail in all_mails(Renderer.load(), TRAIL).items():
        (GOLDEN / f"{name}.txt").write_text(f"{mail.subject}\n\n{mail.text}", "utf-8")
