"""What every path of the API shares in its OpenAPI: parameters, bodies, and the answers that are no success."""

from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request

from tracker.domain.intake import FieldProblem
from tracker.shops import fields
from tracker.web import bodies
from tracker.web.access import brand_of
from tracker.web.problems import ProblemAnswer, unusable

Body = Annotated[object, Depends(bodies.json_body)]
Brand = Annotated[str, Depends(brand_of)]
Number = Annotated[
    str,
    Path(
        min_length=1,
        max_length=128,
        description='The shop\'s own number, percent-encoded: "2026/001" is 2026%2F001.',
        examples=["2026/001"],
    ),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="The same key with another body is refused for 24 hours. Repeats are safe by number without it.",
    ),
]
Responses = dict[int | str, dict[str, Any]]

PROBLEM: dict[str, Any] = {"model": ProblemAnswer}
REFUSED: Responses = {
    401: PROBLEM | {"description": "No key, or one that is not valid."},
    403: PROBLEM | {"description": "The key belongs to another brand."},
    422: PROBLEM | {"description": "A value cannot be used; `fields` says which and how to correct it."},
    503: PROBLEM | {"description": "The database is busy or away; nothing was stored. Retry-After says when."},
}
ABSENT: Responses = {404: PROBLEM | {"description": "Not there, or not this brand's."}}
BODIES: Responses = {
    400: PROBLEM | {"description": "The body is not JSON."},
    413: PROBLEM | {"description": "The body has more than 1 MiB."},
    415: PROBLEM | {"description": "The content type is not application/json."},
}


def body_of(shape: fields.Shape) -> dict[str, Any]:
    """How OpenAPI describes a body that our own reader reads."""
    content = {"application/json": {"schema": fields.schema_of(shape)}}
    return {"requestBody": {"required": True, "content": content}}


def query_of(*names: str) -> Any:
    """Refuse other parameters: one that is spelled wrong must not be taken for left out."""

    def check(request: Request) -> None:
        strangers = sorted(set(request.query_params) - set(names))
        if strangers:
            fix = f"Remove it, or use one of: {', '.join(names)}."
            raise unusable(
                [
                    FieldProblem(field=f"query.{ascii(each)[1:41]}", problem="is not a parameter we know", fix=fix)
                    for each in strangers[:20]
                ]
            )

    return Depends(check)
