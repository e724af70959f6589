# SPDX-License-Identifier: Apache-2.0
"""One update inside its transaction: from its number in `updates` to the sealed draft and the sealed answer.

Everything here runs in the store's thread on its connection, calls nobody, and is undone as a whole when it raises.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import screens
from bot.draftrows import DraftRows, Opened
from bot.events import TOO_BIG, Incoming, chat_of, read_update
from bot.jobs import Job, JobStore, Kind, Tags
from bot.steps import Outcome, Scene, Steps
from bot.sweep import Addresses
from intake import flow
from intake.catalog import Catalogs
from intake.draft import Draft
from intake.effects import Say
from intake.events import ENTROPY, Turn
from intake.questions import Questionnaire
from storage.phone import deletions, outgoing, updates

SEEN: Final = Outcome()
"""The update was taken before; there is nothing to do."""
_GONE: Final = Say("bot.gone")
_TOO_BIG: Final = Say("bot.file_too_big")


@dataclass(frozen=True, slots=True)
class Domain:
    """What is asked, in which languages, by whom; loaded once."""

    questionnaire: Questionnaire
    catalogs: Catalogs
    organisation: str
    zone: ZoneInfo


class Conversation:
    def __init__(
        self,
        domain: Domain,
        *,
        tags: Tags,
        drafts: DraftRows,
        jobs: JobStore,
        steps: Steps,
        addresses: Addresses,
        now: Callable[[], float],
        crash: Callable[[str], None],
    ) -> None:
        self._domain = domain
        self._tags = tags
        self._drafts = drafts
        self._jobs = jobs
        self._steps = steps
        self._addresses = addresses
        self._now = now
        self._crash = crash

    def take(self, connection: Connection, raw: object, number: int) -> Outcome:
        """The unit of work for one update. SEEN: it was taken before, and nothing was written."""
        now = int(self._now())
        if not updates.remember_update(connection, bot=self._tags.bot, update_id=number, hour=now // 3600):
            return SEEN
        self._crash("id inserted")
        incoming = read_update(raw, _new_id)
        outcome = Outcome(callback=incoming.callback, leave=incoming.leave)
        if incoming.chat is not None:
            self._converse(connection, incoming, incoming.chat, outcome, now)
        self._crash("before commit")
        return outcome

    def apologise(self, connection: Connection, raw: object, number: int) -> tuple[Outcome, bool]:
        """Instead of `take`, for an update that cannot be used: a neutral answer.

        True: the person had agreed to being stored.
        """
        now = int(self._now())
        if not updates.remember_update(connection, bot=self._tags.bot, update_id=number, hour=now // 3600):
            return SEEN, False
        chat = chat_of(raw)
        if chat is None:
            return Outcome(), False
        tag = self._tags.tag(chat)
        draft = self._drafts.open(connection, tag).draft
        catalog = self._domain.catalogs.get(draft.locale if draft else None)
        screen = screens.say(catalog, "bot.poison", self._domain.organisation)
        job = Job(Kind.SAY, chat, tag, screen.body(), collapsible=True)
        outcome = Outcome(jobs=[self._jobs.add(connection, job, now=now)])
        return outcome, draft is not None and draft.consent is not None

    def _converse(self, connection: Connection, incoming: Incoming, chat: int, outcome: Outcome, now: int) -> None:
        tag, hour = self._tags.tag(chat), now // 3600
        if incoming.blocked:
            outgoing.drop_chat(connection, tag)
            outcome.unreachable = tag
            return
        if incoming.message is not None:
            deletions.note_messages(connection, [(tag, incoming.message)], hour=hour)
            outcome.address = self._addresses.note(connection, chat=chat, tag=tag, hour=hour)
        if incoming.erase:
            job = Job(Kind.ERASE, chat, tag, {"messages": [incoming.message]})
            outcome.jobs.append(self._jobs.add(connection, job, now=now))
        if incoming.event is None:
            return
        opened = self._drafts.open(connection, tag)
        draft = self._advance(connection, incoming, opened, outcome, now)
        self._drafts.save(connection, tag, opened, draft, hour=hour)

    def _advance(
        self, connection: Connection, incoming: Incoming, opened: Opened, outcome: Outcome, now: int
    ) -> Draft | None:
        assert incoming.event is not None and incoming.chat is not None  # noqa: S101, PT018 - seen to by the caller
        today = dt.datetime.fromtimestamp(now, self._domain.zone).date()
        turn = Turn(now=now, today=today, language=incoming.language, entropy=os.urandom(ENTROPY))
        step = flow.advance(self._domain.questionnaire, self._domain.catalogs, opened.draft, incoming.event, turn)
        if opened.gone:
            step = flow.Step(step.draft, (_GONE, *step.effects))
        if incoming.event == TOO_BIG:  # the flow knows no sizes: it says that it cannot use this, and asks again
            step = flow.Step(step.draft, tuple(_TOO_BIG if isinstance(one, Say) else one for one in step.effects))
        draft = step.draft or opened.draft
        scene = Scene(
            incoming=incoming,
            chat=incoming.chat,
            tag=self._tags.tag(incoming.chat),
            draft=opened.draft,
            catalog=self._domain.catalogs.get(draft.locale if draft else incoming.language),
            now=now,
            today=today,
        )
        return self._steps.carry_out(connection, scene, step, outcome)


def _new_id() -> str:
    return secrets.token_hex(16)
