# SPDX-License-Identifier: Apache-2.0
"""Accounts, for coordinators: who there is, a new one, and admission with the passphrase once more."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from api import membership
from api.auth import Doorkeeper, Seat, seated
from api.errors import CeremonyError, CollisionError, ForbiddenError
from api.openapi import DESK_PROBLEMS
from api.routers.ids import CaseworkerId
from api.routers.sessions import CaseworkerOut, doorkeeper, shown, source_of
from api.wiring import Wiring, wired
from storage.desk import caseworkers

router = APIRouter(prefix="/v1/caseworkers", tags=["caseworkers"], responses=DESK_PROBLEMS)
Here = Annotated[Wiring, Depends(wired)]


class AccountIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=64)
    role: str = Field(min_length=1, max_length=32)


class AccountOut(BaseModel):
    """The passphrase is shown this once."""

    caseworker: CaseworkerOut
    passphrase: str


class ProofIn(BaseModel):
    """The coordinator's own passphrase, once more."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    passphrase: str = Field(min_length=1, max_length=256)


class AdmittedOut(BaseModel):
    teams: int


async def coordinator(seat: Annotated[Seat, Depends(seated)]) -> Seat:
    """FastAPI dependency: a coordinator's seat."""
    if seat.caseworker.role != "coordinator":
        raise ForbiddenError("This is for coordinators.")
    return seat


@router.get("")
async def caseworkers_list(_seat: Annotated[Seat, Depends(coordinator)], wiring: Here) -> list[CaseworkerOut]:
    """Everybody whose access has not ended."""
    rows = await wiring.store.read(caseworkers.read_caseworkers)
    return [shown(row) for row in rows if row.revoked is None]


@router.post("", status_code=201)
async def caseworkers_create(given: AccountIn, seat: Annotated[Seat, Depends(coordinator)], wiring: Here) -> AccountOut:
    """Make an account. It opens nothing until it is admitted."""
    try:
        account = await membership.add(wiring, given.name, given.role, by=seat.caseworker.id)
    except CeremonyError as error:
        raise CollisionError(str(error)) from error
    return AccountOut(caseworker=shown(account.row), passphrase=account.passphrase)


@router.post("/{caseworker}/admit")
async def caseworkers_admit(
    *,
    request: Request,
    caseworker: CaseworkerId,
    given: ProofIn,
    seat: Annotated[Seat, Depends(coordinator)],
    wiring: Here,
    door: Annotated[Doorkeeper, Depends(doorkeeper)],
) -> AdmittedOut:
    """Admit a caseworker to the coordinator's teams; they log in again to use them."""
    source = source_of(request, wiring.settings.trusted_proxy)
    count = await membership.admit(wiring, door, seat.caseworker, given.passphrase, caseworker, source=source)
    return AdmittedOut(teams=count)
