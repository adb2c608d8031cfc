"""Whether the API does what its OpenAPI document says, and nothing else, whatever it is sent."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.servers import PATIENCE
from tests.web.served import Served, serving

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    ("POST", "/api/v1/orders"),
    ("GET", "/api/v1/orders"),
    ("GET", "/api/v1/orders/{number}"),
    ("PATCH", "/api/v1/orders/{number}"),
    ("POST", "/api/v1/orders/{number}/cancel"),
    ("POST", "/api/v1/orders/{number}/shipments"),
    ("GET", "/api/v1/shipments/{shipment_id}"),
    ("DELETE", "/api/v1/shipments/{shipment_id}"),
    ("GET", "/api/v1/stuck"),
    ("GET", "/api/v1/tickets"),
    ("POST", "/api/v1/tickets/{ticket_id}/close"),
]
EXAMPLES = 40  # of each operation and mode, the same on every run


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("openapi")) as served:
        for number in ("2026/001", "A1"):
            served.page_of(number)
        yield served


@pytest.fixture(scope="module")
def schema(served: Served) -> Any:
    return schemathesis.openapi.from_url(f"{served.url}/api/openapi.json")


def test_the_document_names_every_operation_and_is_openapi_3_1(served: Served) -> None:
    document = served.get("/api/openapi.json").json()

    named = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert document["openapi"].startswith("3.1")
    assert named == set(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_a_declared_one(
    served: Served, schema: Any, method: str, path: str, mode: GenerationMode
) -> None:
    operation = schema[path][method]
    asked: list[int] = []

    @settings(max_examples=EXAMPLES)
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        answer = case.call(headers=served.auth, timeout=PATIENCE.total_seconds())
        is_wrong = mode is GenerationMode.NEGATIVE and is_sent_whole(case)
        checks = [*CHECKS, negative_data_rejection] if is_wrong else CHECKS
        case.validate_response(answer, checks=checks)  # raises for a 5xx, an undeclared status, type or body
        asked.append(answer.status_code)

    send()

    assert asked


def is_sent_whole(case: Any) -> bool:
    """A parameter that is an empty list is not in the address: what was wrong with it cannot be refused."""
    return [] not in (case.query or {}).values()


@pytest.mark.parametrize("number", ["2026/001", "A1"])
def test_whatever_a_change_says_of_an_order_that_is_there(served: Served, schema: Any, number: str) -> None:
    operation = schema["/api/v1/orders/{number}"]["PATCH"]

    @settings(max_examples=EXAMPLES)
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        answer = served.ask("PATCH", f"/api/v1/orders/{quote(number, safe='')}", json=case.body)
        assert answer.status_code in {200, 422}, answer.text

    send()


def test_nothing_was_logged_as_a_defect(served: Served) -> None:
    assert "request_failed" not in served.log.read_text()
    assert "Traceback" not in served.log.read_text()
