# SPDX-License-Identifier: Apache-2.0
"""A receipt was given: do what is wanted with its mailbox, and say how it went, with the menu under it.

The words for a wrong receipt and for one that leads nowhere are the same, and no menu follows them. What the desk
cannot take just now is tried a few times in the chat's own lane, then kept (errands.py) and said to be kept.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from bot import screens
from bot.calls import Telegram
from bot.desk import Desk, Reply, Waiting
from bot.errands import Errands
from bot.errors import DeskError, NoManifestError
from bot.jobs import Job
from bot.notices import Contacts
from bot.posting import ACTS, Posting
from bot.tries import Tries
from envelope import mailbox
from envelope.errors import RefusedError
from intake.catalog import Catalog, Catalogs
from intake.words import units
from storage.database import Store
from storage.phone import contacts

log = logging.getLogger("amparo.bot")

_CROWD_WAIT: Final = 2.0
_TRIES: Final = 2  # after so many failures in the chat's lane a wish is kept aside
_PROOF: Final = "note.txt"  # what a file is called on a phone tells nothing


class Mailboxes:
    """Answers one mailbox job with messages in the chat."""

    def __init__(  # noqa: PLR0917
        self,
        telegram: Telegram,
        desk: Desk,
        store: Store,
        catalogs: Catalogs,
        posting: Posting,
        errands: Errands,
        contacts: Contacts,
        *,
        org: bytes,
        organisation: str,
        tries: Tries,
    ) -> None:
        self._telegram = telegram
        self._desk = desk
        self._store = store
        self._catalogs = catalogs
        self._posting = posting
        self._errands = errands
        self._contacts = contacts
        self._org = org
        self._organisation = organisation
        self._tries = tries

    async def answer(self, job: Job) -> tuple[int, ...]:
        """Do it, and say how it went."""
        catalog = self._catalogs.get(job.body["locale"])
        if self._tries.wait(job.tag):
            return await self._say(job, [self._text(catalog, "bot.receipt_slow")])
        if self._tries.crowded():
            await asyncio.sleep(_CROWD_WAIT)
        try:
            said = await self._done(job, catalog)
        except (DeskError, NoManifestError) as error:
            status = error.status if isinstance(error, DeskError) else None
            log.warning("a mailbox cannot be opened now", extra={"error": type(error).__name__, "status": status})
            return await self._later(job, catalog, error)
        if said is None:
            return await self._unknown(job, catalog)
        self._tries.found(job.tag)
        return said

    async def _done(self, job: Job, catalog: Catalog) -> tuple[int, ...] | None:
        """The numbers of what was said; None when there is no such mailbox. DeskError, NoManifestError: not now."""
        act = job.body["act"]
        if act == "read":
            return await self._read(job, catalog)
        if act == "proof":
            return await self._prove(job, catalog)
        key = await self._posting.carry(job.body)
        if key is None:
            return None
        if act == "notify" and key != "bot.mailbox_full":
            await self._contacts.keep(job)
        if key == "bot.erased":
            await self._store.write(lambda connection: contacts.drop_contacts(connection, job.tag))
        return await self._say(job, [self._text(catalog, key)], menu=True)

    async def _read(self, job: Job, catalog: Catalog) -> tuple[int, ...] | None:
        secret = bytes.fromhex(job.body["receipt"])
        waiting = await self._desk.mailbox(mailbox.lookup(secret, self._org))
        if waiting is None:
            return None
        if not waiting.replies:
            return await self._say(job, [self._text(catalog, "bot.mailbox_empty")], menu=True)
        pages = [page for text in self._texts(waiting, secret, catalog) for page in screens.pages(text)]
        said = await self._say(job, [*pages, ""], menu=True)
        await self._store.write(lambda connection: contacts.has_read(connection, job.tag))
        return said

    async def _prove(self, job: Job, catalog: Catalog) -> tuple[int, ...] | None:
        proof = await self._desk.proof(mailbox.lookup(bytes.fromhex(job.body["receipt"]), self._org))
        if proof is None:
            return None
        file = await self._telegram.send_file(job.chat, proof.encode(), name=_PROOF)
        return (file, *await self._say(job, [self._text(catalog, "bot.proof")], menu=True))

    def _texts(self, waiting: Waiting, secret: bytes, catalog: Catalog) -> list[str]:
        key = mailbox.mailbox_key(secret, org=self._org, salt=waiting.salt)

        def opened(reply: Reply) -> str:
            try:
                raw = mailbox.open_reply(key, reply.record, org=self._org, message=reply.message, day=reply.day)
            except RefusedError:
                return self._text(catalog, "bot.mailbox_unreadable")
            return raw.decode("utf-8", "replace")

        return [self._text(catalog, "bot.mailbox_messages"), *map(opened, waiting.replies)]

    async def _later(self, job: Job, catalog: Catalog, error: DeskError | NoManifestError) -> tuple[int, ...]:
        act = job.body["act"]
        if act not in ACTS:
            return await self._say(job, [self._text(catalog, "bot.mailbox_later")], menu=True)
        if job.attempt < _TRIES:
            raise error  # the lane tries again in a moment
        if act == "notify":
            await self._contacts.keep(job)
        await self._errands.keep(job)
        key = "bot.erase_kept" if act == "erase" else "bot.mail_kept"
        return await self._say(job, [self._text(catalog, key)], menu=True)

    async def _unknown(self, job: Job, catalog: Catalog) -> tuple[int, ...]:
        if await self._errands.comes_yet(job.tag):
            return await self._later(job, catalog, DeskError("the report itself is still to be handed over"))
        if job.body["act"] == "erase" and job.attempt:  # an earlier try, whose answer was lost, may have erased it
            return await self._say(job, [self._text(catalog, "bot.erase_gone")])
        self._tries.missed(job.tag)
        await self._errands.leave(job.tag, job.body["receipt"])
        return await self._say(job, [self._text(catalog, "bot.mailbox_unknown")])

    def _text(self, catalog: Catalog, key: str) -> str:
        return screens.say(catalog, key, self._organisation).text

    async def _say(self, job: Job, texts: list[str], *, menu: bool = False) -> tuple[int, ...]:
        """Say the texts, with the menu under the last one; "" stands for nothing but the menu."""
        *first, last = texts
        bodies: list[dict[str, Any]] = [{"text": text} for text in first]
        drawn = job.body["menu"] if menu else None
        if drawn is None:
            bodies += [{"text": last, "markup": job.body["markup"]}] if last else []
        else:
            joined = "\n\n".join(part for part in (last, drawn["text"]) if part)
            if units(joined) > screens.LONGEST:
                bodies.append({"text": last})
                joined = drawn["text"]
            bodies.append({"text": joined, "markup": drawn["markup"]})
        return tuple([await self._telegram.say(job.chat, body) for body in bodies])
