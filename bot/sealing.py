# SPDX-License-Identifier: Apache-2.0
"""On "send": a draft becomes a sealed, signed submission and a receipt. Nothing here writes or calls anybody."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from bot.attachments import Content
from bot.manifest import Manifests
from envelope import mailbox
from envelope.seal import seal_report
from envelope.signing import Signer, submission_bytes
from intake import report as reports
from intake.draft import Draft
from intake.questions import Questionnaires
from intake.submission import SIGNATURE, Mailbox, SealedAttachment, Submission, parse
from storage.phone.spool import Spooled


class Stored(NamedTuple):
    """A file whose sealed stream lies in the spool, and what it was."""

    row: Spooled
    content: Content


class Kept(NamedTuple):
    """`report` is its id; `submission` the bytes to post at every try; `secret` what the person's receipt spells."""

    report: bytes
    submission: bytes
    secret: bytes

    def __repr__(self) -> str:
        return "<Kept: not shown>"


class Sealer:
    """`org` and `team` are ids of 16 bytes."""

    def __init__(
        self, questionnaires: Questionnaires, manifests: Manifests, submitter: Signer, *, org: bytes, team: bytes
    ) -> None:
        self._questionnaires = questionnaires
        self._manifests = manifests
        self._submitter = submitter
        self._org = org
        self._team = team

    def seal(self, draft: Draft, stored: Sequence[Stored], *, now: int, today: dt.date) -> Kept:
        """NoManifestError: there is no key to seal to, so the draft must stay. ReportError: it is no report yet."""
        day = now // 86400
        intake = self._manifests.intake(day)
        name = self._manifests.submitter_name()
        secret, salt = mailbox.new_secret(), secrets.token_bytes(16)
        public = mailbox.mailbox_key(secret, org=self._org, salt=salt).public
        told = reports.build(
            self._questionnaires.of(draft.version),
            draft,
            today=today,
            mailbox_sha256=hashlib.sha256(public).hexdigest(),
            attachments=[_told(one) for one in stored],
            adds_to=mailbox.lookup(bytes.fromhex(draft.adds_to), self._org).hex() if draft.adds_to else None,
        )
        summary = reports.summarise(told)
        report = bytes.fromhex(draft.report_id)
        sealed = seal_report(
            intake_public=intake.public,
            org=self._org,
            team=self._team,
            report=report,
            schema=reports.SCHEMA,
            report_key=bytes.fromhex(draft.report_key),
            body=told.to_bytes(),
            summary=summary.to_bytes(),
        )
        submission = self._signed(
            Submission(
                version=1,
                report=report,
                org=self._org,
                team=self._team,
                day=day,
                priority=int(summary.triage.priority.removeprefix("P")),
                key=sealed.key,
                body=sealed.body,
                summary=sealed.summary,
                mailbox=Mailbox(lookup=mailbox.lookup(secret, self._org), salt=salt, public_key=public),
                attachments=tuple(_sealed(row) for row, _ in stored),
                submitter=name,
                signature=bytes(SIGNATURE),
            )
        )
        return Kept(report, submission.to_bytes(), secret)

    def renewed(self, raw: bytes, day: int) -> bytes | None:
        """The submission under today's day and signature, for one that waited too long; None if it is not too old.

        The sealed records are the same: nothing is opened, and nothing is sealed again.
        """
        submission = parse(raw)
        if abs(submission.day - day) <= 1:
            return None
        return self._signed(submission.model_copy(update={"day": day})).to_bytes()

    def _signed(self, submission: Submission) -> Submission:
        files = [(file.id, file.size, file.sha256, file.key) for file in submission.attachments]
        signed = submission_bytes(
            report=submission.report,
            org=submission.org,
            team=submission.team,
            day=submission.day,
            priority=submission.priority,
            key=submission.key,
            body=submission.body,
            summary=submission.summary,
            mailbox_public=submission.mailbox.public_key,
            attachments=files,
        )
        return submission.model_copy(update={"signature": self._submitter.sign(signed)})


def _told(stored: Stored) -> reports.StoredAttachment:
    row, content = stored
    return reports.StoredAttachment(
        id=row.attachment.hex(),
        length=content.length,
        sha256=content.sha256,
        variant="scrubbed" if content.of else "original",
        of=content.of,
        mime=content.mime,
    )


def _sealed(row: Spooled) -> SealedAttachment:
    if row.size is None or row.sha256 is None or row.key_record is None:
        raise ValueError("a stored row has size, hash and key")
    return SealedAttachment(id=row.attachment, size=row.size, sha256=row.sha256, key=row.key_record)
