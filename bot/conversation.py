# SPDX-License-Identifier: Apache-2.0
"""One update inside its transaction: from the number in `updates` to the sealed draft and the sealed answer.

Everything here runs in the store's thread on its connection, calls nobody, and is undone as a whole when it raises.
"""

from __future__ import annotations

import datetime
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import screens
from bot.attachments import Attachments, Wanted
from bot.errors import NoManifestError
from bot.events import Incoming, chat_of, read_update
from bot.jobs import Job, JobStore, Kind, Tags
from bot.sealing import Sealer
from bot.sweep import Addresses
from envelope.errors import EnvelopeError
from envelope.locker import Locker
from intake import flow
from intake.catalog import Catalog, Catalogs
from intake.draft import Draft
from intake.effects import Effect, Fetch, OpenMailbox, Say, Submit, Wipe
from intake.errors import DraftError
from intake.events import ENTROPY, Turn
from intake.questions import Questionnaire
from storage.phone import deletions, drafts, outgoing, spool, updates

log = logging.getLogger("amparo.bot")

_ALBUM_WAIT: Final = 1.5  # seconds after the last picture of an album before it is answered, once
_GONE: Final = Say("bot.gone")


@dataclass(slots=True, repr=False)
class Outcome:
    """What is to be done once the transaction is on disk."""

    jobs: list[Job] = field(default_factory=list)
    fetch: list[Wanted] = field(default_factory=list)
    discard: list[bytes] = field(default_factory=list)
    kept: bytes | None = None
    callback: str | None = None
    toast: str | None = None
    leave: int | None = None
    unreachable: bytes | None = None
    address: tuple[bytes, int] | None = None


SEEN: Final = Outcome()
"""The update was taken before."""


class Opened(NamedTuple):
    draft: Draft | None
    version: int | None  # of the row; None when there is none
    gone: bool  # there was a draft, and it cannot be opened any more


@dataclass(frozen=True, slots=True)
class Domain:
    """What the conversation is about, loaded once."""

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
        locker: Locker,
        jobs: JobStore,
        attachments: Attachments,
        addresses: Addresses,
        sealer: Sealer,
        now: Callable[[], float],
        crash: Callable[[str], None],
    ) -> None:
        self._domain = domain
        self._tags = tags
        self._locker = locker
        self._jobs = jobs
        self._attachments = attachments
        self._addresses = addresses
        self._sealer = sealer
        self._now = now
        self._crash = crash

    def take(self, connection: Connection, raw: object, number: int) -> Outcome:
        """The unit of work for one update. SEEN: it was taken before, and nothing was written."""
        now = int(self._now())
        if not updates.remember_update(connection, bot=self._tags.bot, update_id=number, hour=now // 3600):
            return SEEN
        self._crash("id inserted")
        incoming = read_update(raw, lambda: secrets.token_hex(16))
        outcome = Outcome(callback=incoming.callback, leave=incoming.leave)
        if incoming.chat is not None:
            self._converse(connection, incoming, incoming.chat, outcome, now)
        self._crash("before commit")
        return outcome

    def apologise(self, connection: Connection, raw: object, number: int) -> tuple[Outcome, bool]:
        """Instead of `take`, for an update that cannot be used: a neutral answer; and whether the person agreed to
        anything being stored."""
        now = int(self._now())
        if not updates.remember_update(connection, bot=self._tags.bot, update_id=number, hour=now // 3600):
            return SEEN, False
        chat = chat_of(raw)
        if chat is None:
            return Outcome(), False
        tag = self._tags.tag(chat)
        draft = self._open(connection, tag).draft
        catalog = self._domain.catalogs.get(draft.locale if draft else None)
        screen = screens.say(catalog, "bot.unusable", self._domain.organisation)
        job = Job(Kind.SAY, chat, tag, screen.body(), collapsible=True)
        outcome = Outcome(jobs=[self._jobs.add(connection, job, now=now)])
        return outcome, draft is not None and draft.consent is not None

    def _converse(self, connection: Connection, incoming: Incoming, chat: int, outcome: Outcome, now: int) -> None:
        tag = self._tags.tag(chat)
        if incoming.blocked:
            outgoing.drop_chat(connection, tag)
            outcome.unreachable = tag
            return
        if incoming.message is not None:
            deletions.note_messages(connection, [(tag, incoming.message)], hour=now // 3600)
            outcome.address = self._addresses.note(connection, chat=chat, tag=tag, hour=now // 3600)
        if incoming.event is None:
            return
        opened = self._open(connection, tag)
        step = flow.advance(
            self._domain.questionnaire, self._domain.catalogs, opened.draft, incoming.event, self._turn(incoming, now)
        )
        told = _Telling(self, connection, incoming, opened, chat=chat, tag=tag, now=now, outcome=outcome)
        draft = told.carry_out(step.draft, step.effects)
        self._save(connection, tag, opened, draft, now=now)

    def _turn(self, incoming: Incoming, now: int) -> Turn:
        today = datetime.datetime.fromtimestamp(now, self._domain.zone).date()
        return Turn(now=now, today=today, language=incoming.language, entropy=os.urandom(ENTROPY))

    def _open(self, connection: Connection, tag: bytes) -> Opened:
        row = drafts.load_draft(connection, tag)
        if row is None:
            return Opened(None, None, gone=False)
        try:
            plain = self._locker.open("draft", tag, row.version, row.sealed)
            return Opened(Draft.from_bytes(plain), row.version, gone=False)
        except (EnvelopeError, DraftError) as error:
            log.warning("a draft cannot be opened any more", extra={"error": type(error).__name__})
            return Opened(None, row.version, gone=True)

    def _save(self, connection: Connection, tag: bytes, opened: Opened, draft: Draft | None, *, now: int) -> None:
        if draft is opened.draft and not opened.gone:
            return
        was = opened.version
        if draft is None:
            if was is not None:
                drafts.remove_draft(connection, tag, was=was)
            return
        version = secrets.randbits(62) if was is None else was + 1
        hour = now // 3600
        sealed = self._locker.seal("draft", tag, version, draft.to_bytes(), hour=hour)
        if was is None:
            drafts.add_draft(connection, tag, version=version, hour=hour, sealed=sealed)
        else:
            drafts.replace_draft(connection, tag, was=was, version=version, hour=hour, sealed=sealed)


class _Telling:
    """The effects of one step, carried out in its transaction."""

    def __init__(
        self,
        conversation: Conversation,
        connection: Connection,
        incoming: Incoming,
        opened: Opened,
        *,
        chat: int,
        tag: bytes,
        now: int,
        outcome: Outcome,
    ) -> None:
        self._of = conversation
        self._connection = connection
        self._incoming = incoming
        self._opened = opened
        self._chat = chat
        self._tag = tag
        self._now = now
        self._outcome = outcome
