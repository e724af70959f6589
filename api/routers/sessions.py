# SPDX-License-Identifier: Apache-2.0
"""Logging in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import Doorkeeper, Seat, seated, write_token
from api.openapi import DESK_PROBLEMS
from api.wiring import Wiring, wired
from storage.desk.caseworkers import Caseworker

router = APIRouter(prefix="/v1", tags=["sessions"], responses=DESK_PROBLEMS)


class LoginIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=64)
    passphrase: str = Field(min_length=1, max_length=256)


class CaseworkerOut(BaseModel):
    """Who is logged in."""

    id: str
    name: str
    role: str


class SessionOut(BaseModel):
    """`token` is shown this once; `expires` is Unix seconds."""

    token: str
    expires: int
    caseworker: CaseworkerOut


async def doorkeeper(request: Request) -> Doorkeeper:
    """FastAPI dependency: the app's one doorkeeper."""
    found: Doorkeeper = request.app.state.doorkeeper
    return found


def source_of(request: Request, trusted_proxy: str) -> str:
    """The address that asks; X-Forwarded-For counts only when it comes from the proxy in the settings."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded if trusted_proxy and peer == trusted_proxy and forwarded else peer


def shown(caseworker: Caseworker) -> CaseworkerOut:
    return CaseworkerOut(id=caseworker.id.hex(), name=caseworker.name, role=caseworker.role)


@router.post("/sessions", status_code=201)
async def sessions_create(
    request: Request,
    given: LoginIn,
    wiring: Annotated[Wiring, Depends(wired)],
    door: Annotated[Doorkeeper, Depends(doorkeeper)],
) -> SessionOut:
    """Log in with name and passphrase."""
    source = source_of(request, wiring.settings.trusted_proxy)
    issued = await door.log_in(given.name, given.passphrase, source=source)
    return SessionOut(token=write_token(issued.token), expires=issued.expires, caseworker=shown(issued.caseworker))


@router.delete("/sessions/current", status_code=204)
async def sessions_delete(
    seat: Annotated[Seat, Depends(seated)], door: Annotated[Doorkeeper, Depends(doorkeeper)]
) -> Response:
    """Log out: the session's row is deleted."""
    await door.log_out(seat)
    return Response(status_code=204, headers={"Clear-Site-Data": '"cache", "cookies", "storage"'})


@router.get("/me")
async def me_read(seat: Annotated[Seat, Depends(seated)]) -> CaseworkerOut:
    """Who this token belongs to."""
    return shown(seat.caseworker)
