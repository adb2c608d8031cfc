"""How a request that cannot be served is answered: one shape for programs, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus

from starlette.responses import JSONResponse

from tracker.domain.intake import FieldProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value that cannot be used."""

    field: str
    problem: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemAnswer:
    """Every answer of the API that is not a success."""

    error: str  # a stable word for programs: "not_found"
    message: str
    fix: str
    fields: list[Field] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)  # carriers among which the shop must choose


class Refusal(Exception):
    """A request that cannot be served; becomes a ProblemAnswer at the rim."""

    def __init__(
        self,
        status: HTTPStatus,
        error: str,
        message: str,
        *,
        fix: str,
        fields: Sequence[FieldProblem] = (),
        candidates: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.headers = dict(headers or {})
        self.answer = ProblemAnswer(
            error=error,
            message=message,
            fix=fix,
            fields=[Field(field=each.field, problem=each.problem, fix=each.fix) for each in fields],
            candidates=list(candidates),
        )


def as_json(refusal: Refusal) -> dict[str, object]:
    """The refusal as JSON has it."""
    return asdict(refusal.answer)


def respond(refusal: Refusal) -> JSONResponse:
    """The refusal as an HTTP answer."""
    return JSONResponse(as_json(refusal), status_code=int(refusal.status), headers=refusal.headers)


def not_found(what: str) -> Refusal:
    """Nothing by that name that this key may see; the same answer whether it exists elsewhere or not."""
    return Refusal(
        HTTPStatus.NOT_FOUND,
        "not_found",
        f"There is no such {what} for this brand.",
        fix="Check the spelling, and percent-encode the number in the address: 2026/001 is 2026%2F001.",
    )


def unusable(problems: Sequence[FieldProblem], *, candidates: Sequence[str] = ()) -> Refusal:
    """The body was read, but says what cannot be."""
    many = "1 value" if len(problems) == 1 else f"{len(problems)} values"
    return Refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unusable",
        f"{many} cannot be used. Nothing was stored.",
        fix="Correct the fields listed and send the request again.",
        fields=problems,
        candidates=candidates,
    )


def key_reused() -> Refusal:
    """An Idempotency-Key stands for one request."""
    return Refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "key_reused",
        "This Idempotency-Key was used for another request within 24 hours.",
        fix="Use a new key for each request, and the same key only to repeat the same one.",
    )


def busy(message: str) -> Refusal:
    """Nothing is wrong with the request: the same may work in a moment."""
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "busy",
        message,
        fix="Send the same request again in a few seconds.",
        headers={"Retry-After": "5"},
    )


def defect() -> Refusal:
    """We have failed, and know no better."""
    return Refusal(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "defect",
        "Something went wrong here. It is in our log under the X-Request-ID of this answer.",
        fix="Send the same request again; statements of orders are safe to repeat.",
    )
