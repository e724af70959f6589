# SPDX-License-Identifier: Apache-2.0
"""What every route stands on, put together once in app.py. Nothing here can open a report."""

from dataclasses import dataclass, field

from starlette.requests import Request

from api.clock import Clock
from api.daysecrets import DaySecrets
from api.manifests import Manifests
from api.settings import Settings
from storage.blobs import Folder
from storage.database import Store


@dataclass(frozen=True)
class Wiring:
    settings: Settings
    store: Store
    blobs: Folder
    clock: Clock
    manifests: Manifests
    days: DaySecrets = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", DaySecrets(self.settings.day_secrets))


async def wired(request: Request) -> Wiring:
    """FastAPI dependency: the wiring of the app that was asked. A plain function would be sent to a thread."""
    found: Wiring = request.app.state.wiring
    return found
