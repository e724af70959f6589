# SPDX-License-Identifier: Apache-2.0
"""The desk's one place of wiring: settings, store and clock in, a guarded ASGI application out."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.staticfiles import StaticFiles

from api import openapi, problems
from api.auth import Doorkeeper
from api.clock import Clock
from api.console import pages
from api.guard import Guard
from api.manifests import Manifests
from api.routers import cases, caseworkers, health, mailboxes, notices, sessions, submissions
from api.settings import Settings
from api.sweeping import keep_sweeping
from api.vault import Vault
from api.wiring import Wiring
from intake.catalog import Catalogs, load_catalogs
from storage.blobs import Folder
from storage.database import Store
from storage.desk.tables import metadata

LARGEST_BODY: Final = 64 * 1024  # bytes, where a route does not say otherwise
# On by default, FastAPI would hand exceptions with their messages to whatever exporter the environment names.
NO_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
STATIC: Final = Path(__file__).parent / "console" / "static"


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    blobs: Folder | None = None,
    clock: Clock = time.time,
    catalogs: Catalogs | None = None,
) -> Guard:
    """Put the desk together. A store that is passed in is opened and closed by whoever made it."""
    own = Store(settings.database_url, metadata=metadata) if store is None else None
    used = own or store
    assert used is not None  # noqa: S101 - one of the two is there
    manifests = Manifests(used, clock, org=settings.org, fingerprint=settings.org_fingerprint)
    wiring = Wiring(settings, used, blobs or Folder(settings.blob_folder), clock, manifests)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if own is not None:
            await own.open()
        sweeper = asyncio.create_task(keep_sweeping(wiring))
        try:
            yield
        finally:
            sweeper.cancel()
            await asyncio.gather(sweeper, return_exceptions=True)
            if own is not None:
                await own.close()

    app = build(wiring, catalogs or load_catalogs(), lifespan)
    return Guard(app)


def build(wiring: Wiring, catalogs: Catalogs, lifespan: Lifespan) -> FastAPI:
    app = FastAPI(
        title="Amparo desk",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
        max_body_size=LARGEST_BODY,
        generate_unique_id_function=openapi.operation_id,
        lifespan=lifespan,
    )
    app.state.wiring = wiring
    app.state.doorkeeper = Doorkeeper(wiring)
    app.state.vault = Vault(wiring)
    app.state.catalogs = catalogs
    app.state.pages = pages.environment()
    for part in (submissions, mailboxes, notices, sessions, cases, caseworkers, health):
        app.include_router(part.router)
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    problems.install(app, pages.refusal)
    openapi.describe(app)
    return app
