# SPDX-License-Identifier: Apache-2.0
"""The Bot API over HTTP: one handler for calls, one for downloads.

Order of a call: journal, latency, token, parameters, fault, effect, self-check, answer.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from simulator import methods_edits, methods_files, methods_messages, methods_profile, methods_updates
from simulator.bot_api import Method
from simulator.errors import CallError, MismatchError
from simulator.faults import Fault
from simulator.files import File
from simulator.journal import Call
from simulator.parameters import Upload, read_call
from simulator.simulation import Simulation
from simulator.stubs import Stubs
from simulator.updates import Update

Json = dict[str, Any]

_encode = json.JSONEncoder(separators=(",", ":")).encode
# Server-wide flood rule: more open calls than this plus the updates of the last minute (Client.cpp:7966).
_OPEN_CALLS = 1000
_FLOOD_RETRY = 60
_FLOOD_PAUSE = 3.0
_HEADERS = {"Content-Type": "application/json"}

Plain = Callable[[Simulation, Json], object]
_PLAIN: Mapping[str, Plain] = {
    **methods_messages.METHODS,
    **methods_edits.METHODS,
    **methods_profile.METHODS,
    **methods_updates.METHODS,
}


class TelegramServer:
    """Answers calls out of one simulation."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.poller = methods_updates.Poller()
        self._stubs = Stubs(sim.api)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/bot{token}/{method}", self.call)
        app.router.add_get("/file/bot{token}/{path:.+}", self.download)

    async def call(self, request: web.Request) -> web.StreamResponse:
        sim = self.sim
        start = time.perf_counter()
        call = sim.journal.begin(request.match_info["method"], sim.clock.now())
        sim.journal.open += 1
        fault = None
        uploads: Mapping[str, Upload] = {}
        try:
            await self._admit(request.match_info["token"])
            method = sim.api.method(call.method)
            call.method = method.name
            call.parameters, uploads = await read_call(request)
            call.phone = self._phone(call.parameters)
            fault = await self._fault(call)
            if fault and fault.cut == "before":
                return _cut(request, call)
            body = await self._answer(method, call, uploads)
        except CallError as error:
            body = self._refusal(call, error)
        finally:
            sim.journal.open -= 1
            if uploads:
                call.forget_bytes(uploads)
            call.seconds = time.perf_counter() - start
        if fault and fault.cut == "after":
            return _cut(request, call)
        if fault and fault.broken_json:
            body = body[: len(body) // 2]
        return web.Response(body=body, status=call.status, headers=_HEADERS)

    async def _admit(self, token: str) -> None:
        """The token, the latency of the network, and the server-wide flood rule."""
        sim = self.sim
        if sim.journal.open > _OPEN_CALLS and sim.journal.open > _OPEN_CALLS + sim.updates.in_last_minute():
            await asyncio.sleep(_FLOOD_PAUSE * sim.rules.time_factor)
            raise CallError(429, f"Too Many Requests: retry after {_FLOOD_RETRY}", retry_after=_FLOOD_RETRY)
        if sim.rules.latency:
            await asyncio.sleep(sim.rules.latency)
        if token != sim.token:
            raise CallError(401, "Unauthorized")

    def _phone(self, parameters: Mapping[str, Any]) -> int | None:
        chat_id = parameters.get("chat_id")
        if chat_id is None:
            return None
        number = str(chat_id)
        phone = self.sim.world.phone_of(int(number)) if number.isdecimal() else None
        return phone.number if phone else None

    async def _fault(self, call: Call) -> Fault | None:
        if not self.sim.faults.standing:
            return None
        fault = self.sim.faults.take(call.method, call.phone)
        if fault is None:
            return None
        call.fault = fault.named()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.code:
            words = fault.description or _words(fault)
            raise CallError(fault.code, words, retry_after=fault.retry_after)
        return fault

    async def _answer(self, method: Method, call: Call, uploads: Mapping[str, Upload]) -> bytes:
        sim = self.sim
        args = sim.api.read(method, call.parameters, uploads)
        call.parameters = args
        call.status = 200
        if method.name == "getUpdates":
            updates = await self.poller.get_updates(sim, args)
            return _updates_body(updates)
        result = self.effect(method, args, uploads)
        if sim.rules.check_results:
            self._check(method, result)
        return f'{{"ok":true,"result":{_encode(result)}}}'.encode()

    def effect(self, method: Method, args: Json, uploads: Mapping[str, Upload]) -> object:
        """What the method does, and its result; a method without state is counted and answered with the least."""
        plain = _PLAIN.get(method.name)
        if plain:
            return plain(self.sim, args)
        with_files = methods_files.METHODS.get(method.name)
        if with_files:
            return with_files(self.sim, args, uploads)
        self.sim.journal.stubs[method.name] += 1
        return self._stubs.result(method)

    def _check(self, method: Method, result: object) -> None:
        self.sim.journal.checked += 1
        try:
            method.check_result(result)
        except MismatchError as error:
            self.sim.journal.fail(f"{method.name}: {error}")

    def _refusal(self, call: Call, error: CallError) -> bytes:
        call.status, call.description = error.status, error.description
        if not call.fault:
            self.sim.journal.refused[f"{call.method}: {error.description}"] += 1
        answer: Json = {"ok": False, "error_code": error.status, "description": error.description}
        if error.retry_after is not None:
            answer["parameters"] = {"retry_after": error.retry_after}
        return _encode(answer).encode()

    async def execute(self, name: str, args: Json) -> None:
        """A method that came in the answer of a webhook: done and journalled, its result goes nowhere."""
        call = self.sim.journal.begin(name, self.sim.clock.now())
        try:
            method = self.sim.api.method(name)
            call.method, call.parameters = method.name, args
            call.phone = self._phone(args)
            await self._answer(method, call, {})
        except CallError as error:
            self._refusal(call, error)

    async def download(self, request: web.Request) -> web.StreamResponse:
        sim = self.sim
        call = sim.journal.begin("file", sim.clock.now())
        try:
            await self._admit(request.match_info["token"])
            fault = await self._fault(call)
            file = sim.files.at(request.match_info["path"])
        except CallError as error:
            return web.Response(body=self._refusal(call, error), status=error.status, headers=_HEADERS)
        if fault and fault.cut:
            return _cut(request, call)
        call.status = 200
        call.parameters = {"size": file.size}
        return await _send_file(request, call, file, fault.cut_bytes if fault else None)


async def _send_file(request: web.Request, call: Call, file: File, cut_bytes: int | None) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    answer.content_length = file.size
    await answer.prepare(request)
    sent = 0
    for piece in file.pieces():
        if cut_bytes is not None and sent + len(piece) > cut_bytes:
            await answer.write(piece[: cut_bytes - sent])
            return _cut(request, call)
        await answer.write(piece)
        sent += len(piece)
    await answer.write_eof()
    return answer


def _cut(request: web.Request, call: Call) -> web.StreamResponse:
    """Ends the connection without an answer: whoever called cannot know what happened."""
    call.status = 0
    if request.transport:
        request.transport.close()
    return web.Response()


def _words(fault: Fault) -> str:
    if fault.code == 429:
        return f"Too Many Requests: retry after {fault.retry_after or 0}"
    return {
        400: "Bad Request: ordered by a test",
        401: "Unauthorized",
        403: "Forbidden: bot was blocked by the user",
    }.get(fault.code or 0, "Internal Server Error")


def _updates_body(updates: list[Update]) -> bytes:
    return b'{"ok":true,"result":[' + b",".join(update.payload for update in updates) + b"]}"
