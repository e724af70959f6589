# SPDX-License-Identifier: Apache-2.0
"""The one place of wiring: a simulation, its doors, and the web application that serves them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import cast

from aiohttp import web

from simulator import phone
from simulator.bot_api import load
from simulator.control import Control
from simulator.control_world import WorldControl
from simulator.crowd import Crowd
from simulator.errors import SimulatorError
from simulator.guard import Handler, own_machine
from simulator.simulation import Rules, Simulation
from simulator.telegram_server import TelegramServer
from simulator.webhook import Webhook

_LARGEST_BODY = 80 << 20  # a control request may carry 50 MiB as base64


def build(token: str, rules: Rules) -> web.Application:
    """The application; the simulation is made with it and ends with it."""
    sim = Simulation(load(), token, rules)
    server = TelegramServer(sim)
    webhook = Webhook(sim.updates, sim.clock, rules, server.execute)
    sim.door = webhook
    app = web.Application(client_max_size=_LARGEST_BODY)
    server.add_routes(app)
    Control(sim).add_routes(app)
    WorldControl(sim).add_routes(app)
    Crowd(sim).add_routes(app)
    for route in phone.routes():
        app.router.add_route(route.method, route.path, own_machine(cast("Handler", route.handler)))

    async def end(_: web.Application) -> None:
        await webhook.end()

    app.on_cleanup.append(end)
    return app


@contextlib.asynccontextmanager
async def serve(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serves until the block ends; gives the root URL. Open polls and streams are cut at the end."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise SimulatorError(f"cannot listen on {host}, port {port}: choose another --port") from error
        name, bound = runner.addresses[0][:2]
        yield f"http://{f'[{name}]' if ':' in name else name}:{bound}"
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
