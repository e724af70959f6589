# SPDX-License-Identifier: Apache-2.0
"""The queue and the cases, for caseworkers and coordinators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api import casefile, queue, views
from api.answering import answer_case
from api.auth import Seat, seated
from api.casefile import Change
from api.downloads import Variant, open_download
from api.errors import ForbiddenError, StaleError, UnconditionalError
from api.openapi import DESK_PROBLEMS
from api.routers.ids import AttachmentId, CaseId, from_hex
from api.vault import Vault
from api.wiring import Wiring, wired

router = APIRouter(prefix="/v1/cases", tags=["cases"], responses=DESK_PROBLEMS)
READERS = ("caseworker", "coordinator")
LONGEST_ANSWER = 4000  # characters: one Telegram message has 4,096


class PatchIn(BaseModel):
    """What to change; a field that is not sent stays. `assignee` null takes the assignment away."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    status: str | None = Field(default=None, max_length=32)
    assignee: str | None = Field(default=None, max_length=32)
    reason: str | None = Field(default=None, max_length=32)


class AnswerIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    text: str = Field(min_length=1, max_length=LONGEST_ANSWER)


class AnswerOut(BaseModel):
    message: str


async def vault_of(request: Request) -> Vault:
    """FastAPI dependency: the app's one vault."""
    found: Vault = request.app.state.vault
    return found


async def reader(seat: Annotated[Seat, Depends(seated)]) -> Seat:
    """FastAPI dependency: the seat of somebody whose role may read cases."""
    return may_read(seat)


def may_read(seat: Seat) -> Seat:
    if seat.caseworker.role not in READERS:
        raise ForbiddenError("This role does not read cases.")
    return seat


Reader = Annotated[Seat, Depends(reader)]
Here = Annotated[Wiring, Depends(wired)]
Opener = Annotated[Vault, Depends(vault_of)]


@router.get("")
async def cases_list(
    *,
    wiring: Here,
    vault: Opener,
    seat: Reader,
    status: Annotated[str | None, Query(max_length=32)] = None,
    priority: Annotated[str | None, Query(max_length=2)] = None,
    assignee: Annotated[str | None, Query(max_length=32)] = None,
    cursor: Annotated[str | None, Query(max_length=128)] = None,
) -> views.QueueOut:
    """One page of the queue, the most urgent first; `assignee` is an id, `me` or `none`."""
    asked = queue.Asked(status, priority, assignee, cursor)
    return views.queue_out(await queue.read_page(wiring, vault, seat, asked))


@router.get("/{case}")
async def cases_read(case: CaseId, wiring: Here, vault: Opener, seat: Reader, response: Response) -> views.CaseFileOut:
    """Open a case. The first opening adopts the report under the team's key."""
    found = await casefile.open_case(wiring, vault, seat, case)
    response.headers["ETag"] = f'"{found.case.version}"'
    return views.file_out(found)


@router.patch("/{case}")
async def cases_change(
    *,
    case: CaseId,
    given: PatchIn,
    wiring: Here,
    vault: Opener,
    seat: Reader,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> views.CaseOut:
    """Move or assign a case, if it still is as it was read."""
    version = _version(if_match)
    assignee = None
    if "assignee" in given.model_fields_set:
        assignee = from_hex(given.assignee) if given.assignee else b""
    change = Change(given.status, assignee, given.reason)
    row = await casefile.change_case(wiring, vault, seat, case, change, version=version)
    response.headers["ETag"] = f'"{row.version}"'
    return views.case_out(row)


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise UnconditionalError("Send If-Match with the ETag of the case as you read it.")
    number = if_match.strip('"')
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise StaleError("This If-Match is not an ETag of a case. Read it again, then repeat the change.")
    return int(number)


@router.post("/{case}/messages", status_code=201)
async def cases_answer(
    *,
    case: CaseId,
    given: AnswerIn,
    wiring: Here,
    vault: Opener,
    seat: Reader,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=64)],
) -> AnswerOut:
    """Answer the reporter: sealed to their mailbox, with a sealed copy in the case."""
    message = await answer_case(wiring, vault, seat, case, given.text, key=idempotency_key)
    return AnswerOut(message=message.hex())


@router.get("/{case}/timeline")
async def cases_timeline(case: CaseId, wiring: Here, vault: Opener, seat: Reader) -> list[views.MomentOut]:
    """Who did what with this case, from the audit log."""
    moments, names = await casefile.read_timeline(wiring, vault, seat, case)
    return [views.moment_out(moment, names) for moment in moments]


@router.get("/{case}/attachments/{attachment}", response_class=StreamingResponse)
async def cases_attachment(  # noqa: PLR0917
    case: CaseId, attachment: AttachmentId, wiring: Here, vault: Opener, seat: Reader, variant: Variant | None = None
) -> StreamingResponse:
    """One attachment, opened: of a picture the scrubbed copy, unless `variant` asks for the original.

    It is always a download: no browser is asked to show it. Taking an original is an audit entry of its own.
    """
    found = await open_download(wiring, vault, seat, case, attachment, variant)
    return StreamingResponse(found.pieces, headers={**found.headers, "Content-Length": str(found.size)})
