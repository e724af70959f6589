# SPDX-License-Identifier: Apache-2.0
"""What the routes' signatures cannot say for the OpenAPI document: bodies that are read raw, and refusals."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.problems import MEDIA_TYPE
from intake.submission import Submission

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "id": {"type": "string", "description": "An unforeseen error's own id, to be found in the log."},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "Refused", "content": content} for status in statuses}


PROBLEMS = _refusals(400, 401, 404, 409, 413, 415, 422, 429, 503)
HELD = _refusals(423)
DESK_PROBLEMS = PROBLEMS | _refusals(403, 412, 423, 428)
JSON_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Submission"}}},
    }
}
SEALED_STREAM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def operation_id(route: APIRoute) -> str:
    """`cases_list`: the function's own name, which is unique and what a client generator should call it."""
    return route.name


def describe(app: FastAPI) -> None:
    """Add to the document the schemas that no signature mentions."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schemas["Problem"] = _PROBLEM
            model = Submission.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
            schemas.update(model.pop("$defs", {}))
            schemas["Submission"] = model
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend the document
