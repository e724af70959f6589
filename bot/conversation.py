# SPDX-License-Identifier: Apache-2.0
"""Updates inside their transaction: from their numbers in `updates` to sealed drafts and sealed answers.

Everything here runs in the store's thread on its connection and calls nobody. All updates of one poll share one
transaction: two reads, then every step in memory, then a few writes for all of them. A step that raises leaves no
trace of its update and none in the others.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import respelling, screens, traceless
from bot.addresses import Addresses
from bot.draftrows import DraftRows, Opened
from bot.events import TOO_BIG, Incoming, chat_of, message_of, read_update
from bot.jobs import SAID, Job, JobStore, Kind, Tags
from bot.steps import Outcome, Scene, Steps, begun_anew, is_plain
from intake import flow
from intake.catalog import Catalogs
from intake.draft import Draft
from intake.effects import Say, Submit, Wipe
from intake.events import ENTROPY, Event, Turn
from intake.questions import Questionnaires
from storage.errors import ConflictError, StorageError
from storage.phone import contacts, deletions, outgoing, updates

_GONE: Final = Say("bot.gone")
_TOO_BIG: Final = Say("bot.file_too_big")


@dataclass(frozen=True, slots=True)
class Domain:
    """What is asked, in which languages, by whom; loaded once."""

    questionnaires: Questionnaires
    catalogs: Catalogs
    organisation: str
    zone: ZoneInfo


class Numbered(NamedTuple):
    """An update as it came, and its number."""

    number: int
    raw: object


Taken = Outcome | Exception | None
"""What became of one update; the error that it raised (nothing was written of it); None: it was taken before."""


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

    def take(self, connection: Connection, batch: Sequence[Numbered]) -> list[Taken]:
        """The unit of work: every update of the batch, in order. ConflictError: another process was first."""
        now = int(self._now())
        seen = updates.seen_updates(connection, bot=self._tags.bot, numbers=[one.number for one in batch])
        incoming: list[Incoming | Exception | None] = []
        for number, raw in batch:
            incoming.append(None if number in seen else _read(raw))
            seen.add(number)
        work = Work(self._domain, self._steps, self._addresses, connection, now)
        work.open(self._tags, self._drafts, [one for one in incoming if isinstance(one, Incoming)])
        taken = [work.step(one) if isinstance(one, Incoming) else one for one in incoming]
        done = [one.number for one, what in zip(batch, taken, strict=True) if isinstance(what, Outcome)]
        if not updates.remember_updates(connection, bot=self._tags.bot, numbers=done, hour=now // 3600):
            raise ConflictError("another process took one of these updates first: look again")
        self._crash("id inserted")
        work.write(self._drafts, self._jobs)
        self._crash("before commit")
        return taken

    def probe(self, connection: Connection) -> None:
        """Write something and take it away again: a store that can do this is not what stands in an update's way."""
        number = -1 - secrets.randbits(60)  # Telegram counts upwards from one
        updates.remember_updates(connection, bot=self._tags.bot, numbers=[number], hour=0)
        updates.forget_updates(connection, before=1)

    def apologise(self, connection: Connection, raw: object, number: int) -> tuple[Outcome | None, bool]:
        """Instead of `take`, for an update that cannot be used: a neutral answer. None: it was taken before.

        True: the person had agreed to being stored.
        """
        now = int(self._now())
        if not updates.remember_updates(connection, bot=self._tags.bot, numbers=[number], hour=now // 3600):
            return None, False
        chat = chat_of(raw)
        if chat is None:
            return Outcome(), False
        tag = self._tags.tag(chat)
        draft = self._drafts.open(connection, [tag])[tag].draft
        catalog = self._domain.catalogs.get(draft.locale if draft else None)
        screen = screens.say(catalog, "bot.poison", self._domain.organisation)
        outcome = Outcome(jobs=[Job(Kind.SAY, chat, tag, screen.body(), collapsible=True)])
        if (message := message_of(raw)) is not None:  # it stands in the chat all the same
            deletions.note_messages(connection, [(tag, message)], hour=now // 3600)
            outcome.address = self._addresses.fresh(chat=chat, tag=tag, hour=now // 3600)
            deletions.note_addresses(connection, [outcome.address] if outcome.address else [])
        if draft is not None and draft.traceless:
            outcome.jobs = traceless.quieted(outcome.jobs, chat=chat, tag=tag, before=draft, after=draft)
        self._jobs.add(connection, outcome.jobs, now=now)
        return outcome, draft is not None and draft.consent is not None


class Work:
    """One transaction's drafts and outcomes while its updates are stepped through. `now` is in Unix seconds."""

    def __init__(self, domain: Domain, steps: Steps, addresses: Addresses, connection: Connection, now: int) -> None:
        self._domain = domain
        self._steps = steps
        self._addresses = addresses
        self._connection = connection
        self._now = now
        self._today = dt.datetime.fromtimestamp(now, domain.zone).date()
        self._tags: dict[int, bytes] = {}
        self._before: dict[bytes, Opened] = {}
        self._after: dict[bytes, Draft | None] = {}
        self._outcomes: list[Outcome] = []

    def open(self, tags: Tags, drafts: DraftRows, incoming: Sequence[Incoming]) -> None:
        """Load what these updates will step."""
        self._tags = {chat: tags.tag(chat) for chat in {one.chat for one in incoming} if chat is not None}
        stepped = {one.chat for one in incoming if one.event is not None}
        self._before = drafts.open(self._connection, [tag for chat, tag in self._tags.items() if chat in stepped])

    def step(self, incoming: Incoming) -> Outcome | Exception:
        """Carry one update as far as memory goes. What the surroundings did is raised; its own fault is given."""
        outcome = Outcome(callback=incoming.callback, leave=incoming.leave)
        try:
            if incoming.chat is not None:
                self._converse(incoming, incoming.chat, self._tags[incoming.chat], outcome)
        except (StorageError, SQLAlchemyError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever this update does, it must not stop the others
            return error
        self._outcomes.append(outcome)
        return outcome

    def write(self, drafts: DraftRows, jobs: JobStore) -> None:
        """Write all that was stepped. ConflictError: another process changed one of the drafts first."""
        hour = self._now // 3600
        outcomes = self._outcomes
        for role in {one.role for one in outcomes}:
            notes = [one.note for one in outcomes if one.note and one.role is role]
            deletions.note_messages(self._connection, notes, hour=hour, role=role)
        deletions.note_addresses(self._connection, [one.address for one in outcomes if one.address])
        for tag in {one.wiped for one in outcomes if one.wiped}:
            jobs.unsay(self._connection, tag)
        jobs.add(self._connection, [job for one in outcomes for job in one.jobs], now=self._now)
        drafts.save(self._connection, self._before, self._after, hour=hour)

    def _converse(self, incoming: Incoming, chat: int, tag: bytes, outcome: Outcome) -> None:
        if incoming.blocked:
            outgoing.drop_chat(self._connection, tag)
            contacts.drop_contacts(self._connection, tag)
            self._take_back(tag)
            outcome.unreachable = tag
            return
        known = incoming.message if incoming.pressed is None else incoming.pressed
        if known is not None:
            outcome.note = (tag, known)
            outcome.address = self._addresses.fresh(chat=chat, tag=tag, hour=self._now // 3600)
        if incoming.erase:
            outcome.jobs.append(Job(Kind.ERASE, chat, tag, {"messages": [incoming.message]}))
        if incoming.respelling is not None:
            outcome.jobs.append(respelling.job(incoming.respelling, chat=chat, tag=tag))
        if incoming.event is not None:
            self._advance(incoming, incoming.event, chat, tag, outcome)

    def _advance(self, incoming: Incoming, event: Event, chat: int, tag: bytes, outcome: Outcome) -> None:
        before = self._before[tag]
        draft = self._after.get(tag, before.draft)
        turn = Turn(now=self._now, today=self._today, language=incoming.language, entropy=os.urandom(ENTROPY))
        questionnaire = self._domain.questionnaires.of(draft.version if draft else None)
        step = flow.advance(questionnaire, self._domain.catalogs, draft, event, turn)
        if before.gone and tag not in self._after:
            step = flow.Step(step.draft, (_GONE, *step.effects))
        if event == TOO_BIG:  # the flow knows no sizes: it says that it cannot use this, and asks again
            step = flow.Step(step.draft, tuple(_TOO_BIG if isinstance(one, Say) else one for one in step.effects))
        spoken = step.draft or draft
        catalog = self._domain.catalogs.get(spoken.locale if spoken else incoming.language)
        scene = Scene(incoming, chat, tag, draft, catalog, self._now, self._today)
        if is_plain(draft, step):
            after = self._steps.carry_out(self._connection, scene, step, outcome)
        else:
            with self._connection.begin_nested():
                after = self._steps.carry_out(self._connection, scene, step, outcome)
        if any(isinstance(effect, Wipe) for effect in step.effects):
            self._take_back(tag, said=True)
            outcome.wiped = tag
        elif traceless.speaks_so(draft, after) and (incoming.message is not None or outcome.jobs):
            self._quiet(scene, step, after, outcome)
        if incoming.album:
            self._take_back(tag, albums=True)
        self._after[tag] = after

    def _quiet(self, scene: Scene, step: flow.Step, after: Draft | None, outcome: Outcome) -> None:
        if begun_anew(scene.draft, step) or any(isinstance(effect, Submit) for effect in step.effects):
            self._give_up_files(scene.tag)
        if outcome.fetch:
            outcome.role = deletions.Role.FILE
        outcome.jobs = traceless.quieted(outcome.jobs, chat=scene.chat, tag=scene.tag, before=scene.draft, after=after)

    def _give_up_files(self, tag: bytes) -> None:
        """What was not fetched by now never will be: the messages that brought it need not stay for it."""
        deletions.release_files(self._connection, tag)
        for outcome in self._outcomes:
            if outcome.note is not None and outcome.note[0] == tag:
                outcome.role = deletions.Role.PLAIN

    def _take_back(self, tag: bytes, *, albums: bool = False, said: bool = False) -> None:
        """Drop what earlier updates of this transaction had to do in a chat: all, or what is of these kinds."""
        for outcome in self._outcomes:
            outcome.jobs = [
                job
                for job in outcome.jobs
                if job.tag != tag or (albums and not job.album) or (said and job.kind not in SAID)
            ]


def _read(raw: object) -> Incoming | Exception:
    try:
        return read_update(raw, _new_id)
    except Exception as error:  # noqa: BLE001 - a bad update stands alone, whatever is bad about it
        return error


def _new_id() -> str:
    return secrets.token_hex(16)
