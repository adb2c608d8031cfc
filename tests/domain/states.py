"""The tables of docs/states.md, drawn from the rules: `python -m tests.domain.states` writes them anew."""

from pathlib import Path

from carriers.events import Milestone
from tracker.domain.follows import FOLLOWS, LATER_DAY, Move
from tracker.domain.news import NOTICES
from tracker.domain.orders import ENDED, ROLL_UP, STAGE_BEFORE
from tracker.domain.ranks import RANKS

PAPER = Path(__file__).parents[2] / "docs" / "states.md"
STATES = [milestone for milestone in Milestone if milestone is not Milestone.UNKNOWN]
SIGNS = {Move.ADVANCE: "yes", Move.AGAIN: "again", Move.CORRECT: "corrects", Move.BECOMES_RETURNED: "returned"}


def drawn(paper: str) -> str:
    """The paper with every table between its marks drawn anew."""
    for name, table in {"follows": _follows(), "roll-up": _roll_up(), "notices": _notices()}.items():
        start, end = f"<!-- {name} -->\n", "<!-- end -->"
        before, found, rest = paper.partition(start)
        assert found, f"docs/states.md needs the mark {start}"
        paper = before + start + table + end + rest.partition(end)[2]
    return paper


def _follows() -> str:
    head = ["stands \\ seen", *(_word(seen) for seen in STATES)]
    return _table(head, [[_word(stands), *(_sign(stands, seen) for seen in STATES)] for stands in (None, *STATES)])


def _sign(stands: Milestone | None, seen: Milestone) -> str:
    move = FOLLOWS.get((stands, seen))
    if move is None:
        return "·"
    return "next day" if (stands, seen) in LATER_DAY else SIGNS[move]


def _roll_up() -> str:
    stages = {None: "what the shop said", STAGE_BEFORE: STAGE_BEFORE, ENDED: ENDED}
    rows = [[_word(m), stages.get(stage) or str(stage), "yes" if late else ""] for m, (stage, late) in ROLL_UP.items()]
    return _table(["parcel", "order stage", "delayed by itself"], rows)


def _notices() -> str:
    rows = [
        [str(notice), str(rank), ", ".join(_word(m) for m, said in NOTICES.items() if said is notice)]
        for notice, rank in sorted(RANKS.items(), key=lambda item: item[1])
    ]
    return _table(["notice", "rank", "told of"], rows)


def _word(milestone: Milestone | None) -> str:
    return milestone.value.replace("_", " ") if milestone else "nothing yet"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAPER.write_text(drawn(PAPER.read_text(encoding="utf-8")), encoding="utf-8")
