# SPDX-License-Identifier: Apache-2.0
"""A chat in which nothing may stand but one message of ours: the question, and at the end the receipt.

`quieted` turns what a step has to say into such jobs, in the step's transaction: the question is changed in place,
its choices are inline buttons, and afterwards everything else that the ledger knows is deleted, of both sides. A
message that brought a file stays until the file is fetched. `OneMessage` does the jobs. Each may be done twice: a kill
between any two steps leaves at most a repeated message, and the next of these jobs takes that one out too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from telegram.error import BadRequest

from bot import screens
from bot.calls import Telegram, Verdict, judge
from bot.jobs import Job, Kind
from bot.keyboards import NONE
from bot.marks import Marks
from bot.sweep import YOUNG_HOURS, Sweeper
from intake.draft import Draft
from storage.database import Store
from storage.phone import deletions
from storage.phone.deletions import Role

_UNCHANGED: Final = "message is not modified"  # Bot API server, in part


def speaks_so(before: Draft | None, after: Draft | None) -> bool:
    """Whether a step between these drafts is answered in this way: the one that begins it and the one that ends it."""
    return any(draft is not None and draft.traceless for draft in (before, after))


def nonce(after: Draft | None) -> str | None:
    """What inline buttons carry; None: choices belong on the reply keyboard, whose presses are messages."""
    return after.nonce if after is not None and after.traceless else None


def quieted(jobs: Sequence[Job], *, chat: int, tag: bytes, before: Draft | None, after: Draft | None) -> list[Job]:
    """The jobs of one step as they are done in such a chat. A wipe is the same everywhere."""
    if any(job.kind is Kind.WIPE for job in jobs):
        return list(jobs)
    below = any(job.role is Role.RECEIPT for job in jobs)  # what comes after a receipt stands under it
    anew = before is None or not before.traceless or below
    spoken = [_shown(job, after, anew=anew) for job in _receipts_with_word(jobs)]
    shows = any(job.kind is Kind.SHOW for job in spoken)
    kept = shows or (after is not None and after.traceless)
    tidy = Job(Kind.TIDY, chat, tag, {"question": kept})
    passing = any(job.role is Role.PLAIN for job in spoken)  # stays until the next step: the question is not for it
    return [tidy, *spoken] if passing else [*spoken, tidy]


def _shown(job: Job, after: Draft | None, *, anew: bool) -> Job:
    """An answer takes the place of the question, except where the question is still to be answered."""
    ended = after is None
    if job.kind is not Kind.SAY or not job.collapsible or not (ended or (after.traceless and job.body["markup"])):  # type: ignore[union-attr]
        return job
    markup = None if job.body["markup"] == NONE else job.body["markup"]
    body = {**job.body, "markup": markup, "anew": anew}
    return Job(Kind.SHOW, job.chat, job.tag, body, due=job.due, album=job.album, collapsible=True)


def _receipts_with_word(jobs: Sequence[Job]) -> list[Job]:
    """A receipt and the word about its report as one message, which stays and can be saved."""
    found: list[Job] = []
    for job in jobs:
        if job.kind is Kind.STATUS and found and found[-1].role is Role.RECEIPT:
            receipt = found.pop()
            texts = {name: screens.fit(f"{receipt.body['text']}\n\n{job.body[name]}") for name in ("text", "handed")}
            body = {**job.body, **texts, "markup": receipt.body["markup"], "protect": False}
            found.append(Job(Kind.STATUS, job.chat, job.tag, body))
        else:
            found.append(job)
    return found


class OneMessage:
    """Does what `quieted` wrote down."""

    def __init__(
        self,
        telegram: Telegram,
        store: Store,
        marks: Marks,
        sweeper: Sweeper,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._telegram = telegram
        self._store = store
        self._marks = marks
        self._sweeper = sweeper
        self._now = now

    async def show(self, job: Job) -> tuple[int, ...]:
        """Change the question that stands; where that does not go, send a new one, and `tidy` takes the old one out."""
        question = None if job.body["anew"] else self._question(await self._known(job.tag))
        if question is not None and await self._changed(job, question):
            return ()
        return (await self._telegram.say(job.chat, job.body),)

    async def tidy(self, job: Job) -> tuple[int, ...]:
        """Delete what may not stand."""
        known = await self._known(job.tag)
        kept = self._question(known) if job.body["question"] else None
        gone = [message for message, role in known if role not in {Role.RECEIPT, Role.FILE} and message != kept]
        await self._sweeper.take_out(job.chat, job.tag, gone)
        return ()

    async def _known(self, tag: bytes) -> list[tuple[int, Role]]:
        """The young messages of a chat, newest first."""
        await self._marks.written()
        since = int(self._now()) // 3600 - YOUNG_HOURS
        return await self._store.read(lambda connection: deletions.standing_messages(connection, tag, since=since))

    def _question(self, known: Sequence[tuple[int, Role]]) -> int | None:
        return next((message for message, role in known if role is Role.QUESTION), None)

    async def _changed(self, job: Job, question: int) -> bool:
        """False: it is gone, too old, or already says this. The last is right when this is done once more."""
        try:
            await self._telegram.rewrite(job.chat, question, job.body)
        except BadRequest as error:
            if judge(error).verdict is Verdict.UNREACHABLE:
                raise
            return job.repeated and _UNCHANGED in error.message.lower()
        return True
