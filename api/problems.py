# SPDX-License-Identifier: Apache-2.0
"""Every refusal as problem+json (RFC 9457).

No answer repeats what was sent, and an unforeseen error tells its own id alone.
"""

import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors import ApiError
from intake.errors import SubmissionError
from oplog import describe
from storage.errors import ConflictError, UnavailableError

log = logging.getLogger("amparo.api")

MEDIA_TYPE = "application/problem+json"

# Renders a refusal for a person's browser, or returns None where the caller is a program.
Page = Callable[[Request, int], Response | None]


def problem(status: int, title: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:  # noqa: ANN401 - JSON members
    """One problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(json.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def install(app: FastAPI, page: Page) -> None:
    """Hang up the handlers; `page` gets the first word, so that a browser is shown a page."""

    def answer(
        request: Request,
        status: int,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - JSON members
    ) -> Response:
        shown = page(request, status)
        if shown is None:
            return problem(status, title, detail, headers=headers, **more)
        shown.headers.update(headers or {})
        return shown

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)  # noqa: S101 - Starlette dispatches by class
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        if error.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        return answer(request, error.status, error.title, str(error), headers=headers)

    async def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - Starlette dispatches by class
        # Type and place only: pydantic's own list carries the value, and a list index or a key can be one too.
        places = [{"type": fault["type"], "in": str(fault["loc"][0])} for fault in error.errors()[:10]]
        status = 400 if any(fault["type"] == "json_invalid" for fault in places) else 422
        return answer(request, status, "Not acceptable", "The request does not have the right shape.", errors=places)

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - Starlette dispatches by class
        title = HTTPStatus(error.status_code).phrase
        return answer(request, error.status_code, title, title + ".", headers=error.headers)

    async def unforeseen(request: Request, error: Exception) -> Response:
        number = secrets.token_hex(8)
        log.error(
            "an unforeseen error was answered", extra={"status": 500, **describe(type(error), error.__traceback__)}
        )
        return answer(request, 500, "Something went wrong", "Nothing is known to the caller but this id.", id=number)

    def fixed(status: int, title: str, detail: str, *, retry_after: int = 0) -> Handler:
        async def handler(request: Request, _error: Exception) -> Response:
            return answer(
                request, status, title, detail, headers={"Retry-After": str(retry_after)} if retry_after else {}
            )

        return handler

    app.add_exception_handler(ApiError, refused)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(SubmissionError, fixed(422, "Not acceptable", "This is not a submission."))
    app.add_exception_handler(ConflictError, fixed(412, "Changed meanwhile", "Read it again, then repeat the change."))
    app.add_exception_handler(
        UnavailableError, fixed(503, "Busy", "Nothing was written. Try again in a moment.", retry_after=5)
    )
    app.add_exception_handler(Exception, unforeseen)


Handler = Callable[[Request, Exception], Awaitable[Response]]
