# SPDX-License-Identifier: Apache-2.0
"""The control API, part one: phones, what people do on them, what they see, and news of changes."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator import posting
from simulator.errors import ControlError
from simulator.guard import Handler, loopback_only
from simulator.people import ACTS, text_of
from simulator.screen import screen
from simulator.simulation import Simulation
from simulator.world import Chat, Phone

Json = dict[str, Any]
Act = Callable[[web.Request, Json], Awaitable[Json]]

_HEARTBEAT = 15.0  # seconds between comments on an idle event stream
_LONGEST_WAIT = 600.0


def answered(act: Act) -> Handler:
    """JSON in, JSON out, errors with their status; only for this machine."""

    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await act(request, await _body(request)))
        except ControlError as error:
            return web.json_response({"error": str(error), **error.more}, status=error.status)

    return loopback_only(handler)


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise ControlError(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError(400, "the body is a JSON object")
    return body


class Control:
    """Routes under /control that act as people and show what people see."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_post("/control/phones", answered(self.add_phone))
        router.add_get("/control/phones", answered(self.list_phones))
        router.add_get("/control/phones/{phone}/screen", answered(self.show))
        router.add_post("/control/phones/{phone}/wait", answered(self.wait))
        router.add_get("/control/phones/{phone}/messages/{message}/content", loopback_only(self.content))
        router.add_post("/control/phones/{phone}/{act}", answered(self.act))
        router.add_post("/control/groups", answered(self.add_group))
        router.add_post("/control/groups/{group}/say", answered(self.say_in_group))
        router.add_get("/control/events", loopback_only(self.events))

    def _phone(self, request: web.Request) -> Phone:
        number = request.match_info["phone"]
        phone = self.sim.world.phones.get(int(number)) if number.isdecimal() else None
        if phone is None:
            raise ControlError(404, "no such phone: POST /control/phones makes one")
        return phone

    async def add_phone(self, _: web.Request, wanted: Json) -> Json:
        name = text_of(wanted, "first_name") if "first_name" in wanted else text_of(wanted, "name")
        language = wanted.get("language")
        if language is not None and not isinstance(language, str):
            raise ControlError(400, "language is a tag such as es, or absent")
        phone = self.sim.world.add_phone(name, language)
        phone.shown = wanted.get("shown") is not False
        return {"phone": phone.number, "chat": phone.chat.id}

    async def list_phones(self, _: web.Request, __: Json) -> Json:
        return {"phones": [_listed(phone) for phone in self.sim.world.phones.values()]}

    async def act(self, request: web.Request, wanted: Json) -> Json:
        act = ACTS.get(request.match_info["act"])
        if act is None:
            raise ControlError(404, f"a person can {', '.join(ACTS)}")
        return act(self.sim, self._phone(request), wanted)

    async def show(self, request: web.Request, _: Json) -> Json:
        return screen(self.sim.world, self._phone(request))

    async def wait(self, request: web.Request, wanted: Json) -> Json:
        """The screen once its version is greater than `version`, or after `timeout` seconds as it then is."""
        phone = self._phone(request)
        version, timeout = wanted.get("version", phone.chat.version), wanted.get("timeout", 10)
        if type(version) is not int or not isinstance(timeout, int | float):
            raise ControlError(400, "version is a whole number, timeout a number of seconds")
        end = time.monotonic() + min(timeout, _LONGEST_WAIT)
        while phone.chat.version <= version and (left := end - time.monotonic()) > 0:
            await _changed(phone.chat, left)
        return screen(self.sim.world, phone)

    async def content(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file message, for the phone page to play or show."""
        try:
            phone = self._phone(request)
        except ControlError as error:
            return web.json_response({"error": str(error)}, status=error.status)
        number = request.match_info["message"]
        message = phone.chat.messages.get(int(number)) if number.isdecimal() else None
        described = message.body.get(message.kind) if message and not message.gone else None
        described = described[-1] if isinstance(described, list) else described
        if not isinstance(described, dict) or "file_id" not in described:
            return web.json_response({"error": "this message shows no file"}, status=404)
        file = self.sim.files.find(described["file_id"])
        answer = web.StreamResponse(headers=_shown_as(file.mime))
        answer.content_length = file.size
        await answer.prepare(request)
        for piece in file.pieces():
            await answer.write(piece)
        return answer

    async def add_group(self, _: web.Request, wanted: Json) -> Json:
        """A group that phone `phone` makes and adds the bot to."""
        phone = self._member(wanted)
        group = self.sim.world.add_group(text_of(wanted, "title") if "title" in wanted else "A group")
        group.started = True
        posting.membership(self.sim, group, phone.user, "left", "member")
        posting.from_person(self.sim, group, phone.user, "service", {"new_chat_members": [self.sim.world.bot]})
        return {"group": group.id}

    async def say_in_group(self, request: web.Request, wanted: Json) -> Json:
        number = request.match_info["group"]
        group = self.sim.world.chats.get(int(number)) if number.removeprefix("-").isdecimal() else None
        if group is None or group.private:
            raise ControlError(404, "no such group: POST /control/groups makes one")
        if group.blocked:
            raise ControlError(409, "the bot left this group")
        content = {"text": text_of(wanted)}
        return {"message": posting.from_person(self.sim, group, self._member(wanted).user, "text", content).id}

    def _member(self, wanted: Json) -> Phone:
        phone = self.sim.world.phones.get(wanted.get("phone", 0))
        if phone is None:
            raise ControlError(400, "phone: the number of the phone that does this")
        return phone

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events {"phone", "version"}; a slow reader loses versions, never the newest."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await answer.prepare(request)
        newest: dict[int | None, int] = {}
        ready = asyncio.Event()

        def listen(phone: int | None, version: int) -> None:
            newest[phone] = version
            ready.set()

        listeners = self.sim.world.listeners
        listeners.add(listen)
        try:
            await answer.write(b": here\n\n")
            while request.transport and not request.transport.is_closing():
                await _write_news(answer, newest, ready)
        except ConnectionError:
            pass  # the page was closed: nothing is lost
        finally:
            listeners.discard(listen)
        return answer


async def _write_news(answer: web.StreamResponse, newest: dict[int | None, int], ready: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_HEARTBEAT):
            await ready.wait()
    except TimeoutError:
        await answer.write(b": still here\n\n")
        return
    ready.clear()
    events = [json.dumps({"phone": phone, "version": version}) for phone, version in newest.items()]
    newest.clear()
    await answer.write("".join(f"data: {event}\n\n" for event in events).encode())


def _shown_as(mime: str) -> dict[str, str]:
    """A file from a stranger, opened by its address, must not run as a page of ours."""
    return {
        "Content-Type": mime,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }


async def _changed(chat: Chat, seconds: float) -> None:
    chat.changed.clear()
    try:
        async with asyncio.timeout(seconds):
            await chat.changed.wait()
    except TimeoutError:
        return


def _listed(phone: Phone) -> Json:
    return {
        "phone": phone.number,
        "name": phone.user["first_name"],
        "language": phone.user.get("language_code"),
        "chat": phone.chat.id,
        "shown": phone.shown,
        "version": phone.chat.version,
        "blocked": phone.chat.blocked,
        "offline": phone.offline,
    }
