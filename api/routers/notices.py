# SPDX-License-Identifier: Apache-2.0
"""Notices, as the bot asks for them: references of those for whom something waits, and nothing else."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.auth import bot_only
from api.openapi import PROBLEMS
from api.routers.mailboxes import Here
from storage.desk import notices

router = APIRouter(prefix="/v1/intake/notices", tags=["intake"], dependencies=[Depends(bot_only)], responses=PROBLEMS)
MOST = 500


class NoticesOut(BaseModel):
    """Hex references in order; `next` is what `after` takes the next time."""

    refs: list[str]
    next: int


@router.get("")
async def notices_list(wiring: Here, after: Annotated[int, Query(ge=0, lt=1 << 62)] = 0) -> NoticesOut:
    """Those added since `after`. A week later they are forgotten."""
    found = await wiring.store.read(lambda connection: notices.read_notices(connection, after=after, most=MOST))
    return NoticesOut(refs=[one.ref.hex() for one in found], next=found[-1].number if found else after)
