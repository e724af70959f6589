# SPDX-License-Identifier: Apache-2.0
"""What the flow decided, written down in the same transaction: messages to send, a report to keep, a draft to wipe."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection

from bot import keyboards, receipts, screens, traceless
from bot.attachments import Attachments
from bot.delivery import Delivery
from bot.errors import NoManifestError
from bot.events import Incoming
from bot.jobs import Job, Kind
from bot.resources import Resources
from bot.sealing import Kept, Sealer, Stored
from bot.wanted import Origin, Wanted
from envelope import receipt
from intake.catalog import Catalog
from intake.draft import Draft
from intake.effects import Ask, Fetch, Mail, Review, Say, ShowReceipts, Submit, Toast, Wipe
from intake.flow import Step
from storage.phone import contacts, deletions, outbox, spool

_ALBUM_WAIT: Final = 1.5  # seconds after the last picture of an album before all of them are answered, once


@dataclass(slots=True, repr=False)
class Outcome:
    """What is to be done once the transaction is on disk.

    `unreachable` and `wiped` are a chat's tag, `kept` a report's id; `role` is that of the message which `note` names.
    """

    jobs: list[Job] = field(default_factory=list)
    fetch: list[Wanted] = field(default_factory=list)
    discard: list[bytes] = field(default_factory=list)
    kept: bytes | None = None
    callback: str | None = None
    toast: str | None = None
    leave: int | None = None
    unreachable: bytes | None = None
    wiped: bytes | None = None
    note: tuple[bytes, int] | None = None
    address: deletions.Address | None = None
    role: deletions.Role = deletions.Role.PLAIN


@dataclass(frozen=True, slots=True, repr=False)
class Scene:
    """Where a step happens. `draft` is the one before it; `today` the day in the organisation's time zone."""

    incoming: Incoming
    chat: int
    tag: bytes
    draft: Draft | None
    catalog: Catalog
    now: int
    today: dt.date


def begun_anew(draft: Draft | None, step: Step) -> bool:
    """Whether the step left one telling for another."""
    return draft is not None and step.draft is not None and draft.report_id != step.draft.report_id


def is_plain(draft: Draft | None, step: Step) -> bool:
    """Whether carrying this step out needs no statement of its own."""
    said = all(isinstance(effect, Say | Ask | Review | Toast) for effect in step.effects)
    return said and not begun_anew(draft, step)


class Steps:
    def __init__(
        self,
        attachments: Attachments,
        delivery: Delivery,
        sealer: Sealer,
        resources: Resources,
        *,
        organisation: str,
        sweep_hours: int,
    ) -> None:
        self._resources = resources
        self._attachments = attachments
        self._delivery = delivery
        self._sealer = sealer
        self._organisation = organisation
        self._sweep_hours = sweep_hours

    def carry_out(self, connection: Connection, scene: Scene, step: Step, outcome: Outcome) -> Draft | None:
        """Write the step's effects and note in `outcome` what follows; gives the draft that is to be saved."""
        outcome.toast = screens.toast(step.effects, scene.catalog, self._organisation)
        for effect in step.effects:
            if isinstance(effect, Submit):
                return self._submit(connection, scene, step, outcome)
            if isinstance(effect, Wipe):
                self._wipe(connection, scene, outcome)
            elif isinstance(effect, Fetch):
                self._fetch(connection, scene, step.draft, effect, outcome)
            elif isinstance(effect, Mail):
                self._mail(connection, scene, step, effect, outcome)
            elif isinstance(effect, ShowReceipts):
                body = receipts.several(scene.catalog, self._organisation, effect)
                outcome.jobs.append(Job(Kind.SAY, scene.chat, scene.tag, body))
        if begun_anew(scene.draft, step):
            self._drop_files(connection, scene, outcome)
        self._say(scene, step, outcome)
        return step.draft

    def _draw(self, scene: Scene, step: Step) -> screens.Screen | None:
        def resources() -> list[str]:
            return self._resources.entries(step.draft or scene.draft, scene.catalog, scene.today)

        nonce = traceless.nonce(step.draft)
        return screens.draw(step.effects, scene.catalog, self._organisation, resources, nonce=nonce)

    def _say(self, scene: Scene, step: Step, outcome: Outcome) -> None:
        screen = self._draw(scene, step)
        if screen is None:
            return
        if screen.markup is None and step.draft is None:
            screen = screens.Screen(screen.text, keyboards.NONE)  # its buttons would lead nowhere
        album = scene.incoming.album
        due = scene.now + _ALBUM_WAIT if album else 0.0
        job = Job(Kind.SAY, scene.chat, scene.tag, screen.body(), due=due, album=album, collapsible=True)
        outcome.jobs.append(job)

    def _drop_files(self, connection: Connection, scene: Scene, outcome: Outcome) -> None:
        """Files of a draft that was wiped or begun anew; those of a kept report stay."""
        files = spool.files_of_drafts(connection, scene.tag)
        spool.drop_files(connection, files)
        outcome.discard += files

    def _wipe(self, connection: Connection, scene: Scene, outcome: Outcome) -> None:
        self._drop_files(connection, scene, outcome)
        contacts.drop_contacts(connection, scene.tag)  # what is deleted here must not be spoken of here later
        outbox.forget_contacts(connection, scene.tag)
        outcome.jobs.append(Job(Kind.WIPE, scene.chat, scene.tag, {}))

    def _fetch(
        self, connection: Connection, scene: Scene, draft: Draft | None, effect: Fetch, outcome: Outcome
    ) -> None:
        file = scene.incoming.file
        if file is None or draft is None:
            return
        number = scene.incoming.message if draft.traceless else None
        origin = None if number is None else Origin(scene.chat, scene.tag, number)
        wanted = self._attachments.want(
            connection, chat=scene.tag, draft=draft, attachment=effect.attachment.id, file=file, origin=origin
        )
        outcome.fetch.append(wanted)

    def _mail(self, connection: Connection, scene: Scene, step: Step, effect: Mail, outcome: Outcome) -> None:
        """The ids are minted here, once: however often the job is tried, the desk takes it once."""
        if effect.act == "silence":
            contacts.drop_contacts(connection, scene.tag)  # at once, whatever the desk says
        nonce = traceless.nonce(step.draft)
        menu = screens.draw([effect.menu], scene.catalog, self._organisation, nonce=nonce) if effect.menu else None
        body = {
            "act": effect.act,
            "receipt": effect.secret,
            "text": effect.text,
            "level": effect.level,
            "locale": scene.catalog.locale,
            "message": secrets.token_hex(16),
            "ref": secrets.token_hex(16),
            "menu": {"text": menu.text, "markup": menu.markup} if menu else None,
            "markup": keyboards.NONE if step.draft is None else None,
        }
        outcome.jobs.append(Job(Kind.MAILBOX, scene.chat, scene.tag, body))

    def _submit(self, connection: Connection, scene: Scene, step: Step, outcome: Outcome) -> Draft | None:
        """Keep the report, or, where there is no key to seal to, leave everything as it was and say so."""
        draft = scene.draft
        if draft is None:
            return None
        rows = spool.files_of_report(connection, bytes.fromhex(draft.report_id))
        stored = [
            Stored(row, content)
            for row in rows
            if row.state == spool.STORED and (content := self._attachments.content(row)) is not None
        ]
        try:
            kept = self._sealer.seal(draft, stored, now=scene.now, today=scene.today)
        except NoManifestError:
            screen = screens.say(scene.catalog, "bot.not_sent", self._organisation)
            outcome.jobs.append(Job(Kind.SAY, scene.chat, scene.tag, screen.body()))
            return draft
        originals = sum(content.of is None for _, content in stored)
        lost = {row.attachment for row in rows} - {row.attachment for row, _ in stored}
        spool.drop_files(connection, list(lost))
        outcome.discard += lost
        self._keep(connection, scene, kept, outcome)
        self._receipt(scene, step, kept, outcome, counts=(originals, len(draft.files)))
        if step.draft is None:
            return None
        secret = kept.secret.hex()
        return replace(step.draft, visit=secret, receipts=(*step.draft.receipts, secret))

    def _keep(self, connection: Connection, scene: Scene, kept: Kept, outcome: Outcome) -> None:
        quiet = scene.draft is not None and scene.draft.traceless  # no later word comes into an empty chat
        outbox.keep_submission(
            connection,
            report=kept.report,
            chat=scene.tag,
            day=scene.now // 86400,
            now=scene.now,
            submission=kept.submission,
            contact=None if quiet else self._delivery.seal_contact(kept.report, scene.chat, scene.catalog.locale),
        )
        outcome.kept = kept.report

    def _receipt(self, scene: Scene, step: Step, kept: Kept, outcome: Outcome, *, counts: tuple[int, int]) -> None:
        """The receipt, alone and unprotected so that it can be saved; then where the report is, and what follows."""
        catalog, stored, sent = scene.catalog, *counts
        body = receipts.one(catalog, self._organisation, receipt.spell(kept.secret))
        outcome.jobs.append(Job(Kind.SAY, scene.chat, scene.tag, body))
        files = [] if not sent else [catalog.text("bot.files_stored", sent, stored=stored)]
        rest = None if traceless.nonce(step.draft) else self._draw(scene, step)
        tail = files + ([rest.text] if rest else [])
        if scene.draft is not None and scene.draft.traceless:
            tail.append(catalog.text("bot.receipt_stays", self._sweep_hours))
        status: dict[str, Any] = {
            "text": self._status(catalog, "bot.kept", tail),
            "handed": self._status(catalog, "bot.handed_over", tail),
            "report": kept.report.hex(),
            "markup": (rest.markup if rest else None) or keyboards.NONE,
        }
        outcome.jobs.append(Job(Kind.STATUS, scene.chat, scene.tag, status))
        if traceless.nonce(step.draft):
            self._say(scene, step, outcome)  # a receipt stays, so what follows is a message of its own

    def _status(self, catalog: Catalog, key: str, tail: list[str]) -> str:
        return screens.fit("\n\n".join([screens.say(catalog, key, self._organisation).text, *tail]))
