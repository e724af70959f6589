# SPDX-License-Identifier: Apache-2.0
"""Whether the process lives and can do its work. Nothing about any case."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import literal, select

from api.errors import BusyError
from api.openapi import PROBLEMS
from api.wiring import Wiring, wired
from envelope.errors import ManifestError
from storage.errors import StorageError

router = APIRouter(tags=["operator"], responses={503: PROBLEMS[503]})


@router.get("/healthz")
async def health_live() -> dict[str, str]:
    """The process answers."""
    return {"state": "live"}


@router.get("/readyz")
async def health_ready(wiring: Annotated[Wiring, Depends(wired)]) -> dict[str, str]:
    """The store can be read and the manifest is the organisation's; 503 otherwise."""
    try:
        await wiring.store.read(lambda connection: connection.scalar(select(literal(1))))
        await wiring.manifests.current()
    except (StorageError, ManifestError) as error:
        raise BusyError("Not ready: check the database and the manifest with `amparo db check`.") from error
    return {"state": "ready"}
