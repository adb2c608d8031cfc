"""What a helpdesk says when it closes a shopper's ticket."""

from dataclasses import dataclass

from tracker.domain.intake import FieldProblem, Unusable
from tracker.shops import fields
from tracker.shops.fields import Shape, Unfit

WHO = fields.text(longest=100, shortest=1, note="Who closed it; stands beside the ticket.", example="ada")
NOTE = fields.text(longest=500, note="What was done, for the next person.", example="Sent again.")
CLOSING = Shape(fields={"who": WHO, "note": NOTE}, needed=frozenset({"who"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """By whom, and what they did."""

    who: str
    note: str


def read(payload: object) -> Closing:
    """Raises Unusable with every problem at once."""
    problems: list[FieldProblem] = []
    try:
        found = fields.read_shape(CLOSING, payload, path="", problems=problems)
    except Unfit as unfit:
        problems.append(FieldProblem(field="", problem=f"The body {unfit.problem}", fix=unfit.fix))
    if problems:
        raise Unusable(problems)
    return Closing(who=found["who"], note=found.get("note") or "")
