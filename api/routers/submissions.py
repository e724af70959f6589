# SPDX-License-Identifier: Apache-2.0
"""The door that takes reports in. It checks everything that can be checked from outside and can open nothing."""

import hashlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from starlette.requests import ClientDisconnect

from api import clock as time
from api.auth import bot_only
from api.errors import BodyTooLargeError, CollisionError, InvalidError
from api.manifests import Published
from api.openapi import JSON_BODY, PROBLEMS, SEALED_STREAM
from api.wiring import Wiring, wired
from envelope.binding import kid_public
from envelope.errors import RefusedError
from envelope.mailbox import tag
from envelope.signing import submission_bytes, verify
from envelope.suite import RecordType, split
from intake.lifecycle import Status
from intake.submission import LARGEST, SealedAttachment, Submission, parse
from intake.triage import PRIORITIES, opened_within
from storage.desk import attachments, audit, cases, mailboxes, reports
from storage.errors import BlobExistsError, BlobMismatchError

router = APIRouter(prefix="/v1/intake", tags=["intake"], dependencies=[Depends(bot_only)], responses=PROBLEMS)

DAYS = 2  # a submission's day may differ from ours by as many
GRACE = 30  # days for which a report may still be sealed to an intake key past its last day (envelope.md 8)
SCHEMA = 1  # of the sealed JSON, as submission version 1 means it
LARGEST_STREAM = 1 << 30  # bytes; the setting may be lower
Here = Annotated[Wiring, Depends(wired)]


@router.get("/manifest", response_class=Response)
async def manifest_read(request: Request, wiring: Here) -> Response:
    """The signed manifest as text."""
    note = (await wiring.manifests.current()).note.encode()
    etag = f'"{hashlib.sha256(note).hexdigest()}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    return Response(note, media_type="text/plain; charset=utf-8", headers={"ETag": etag})


@router.post("/submissions", status_code=201, max_body_size=LARGEST, openapi_extra=JSON_BODY)
async def submissions_create(
    request: Request, wiring: Here, idempotency_key: Annotated[str, Header(min_length=32, max_length=32)]
) -> Response:
    """Store a sealed report: 201; the same bytes again 200; other bytes under its id 409."""
    raw = await _whole(request)
    submission = parse(raw)
    if idempotency_key != submission.report.hex():
        raise InvalidError("Idempotency-Key is the report's id.")
    published, digest = await wiring.manifests.current(), hashlib.sha256(raw).digest()
    try:
        signed = _check(submission, published, org=wiring.settings.org, day=time.day(wiring.clock))
    except InvalidError:
        # Our answer may have been lost days ago: what is stored stays stored, whatever has changed since.
        if await wiring.store.read(lambda connection: reports.digest_of(connection, submission.report)) != digest:
            raise
        return _accepted(submission, fresh=False)
    intake = _Intake(wiring, submission, kid_public(published.manifest.submitters[submission.submitter]))
    intake.commitment = hashlib.sha256(signed + submission.signature).digest()
    return _accepted(submission, fresh=await intake.store(digest))


def _accepted(submission: Submission, *, fresh: bool) -> Response:
    body = b'{"report":"%s","state":"delivered"}' % submission.report.hex().encode()
    return Response(body, HTTPStatus.CREATED if fresh else HTTPStatus.OK, media_type="application/json")


async def _whole(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise InvalidError("The submission ended early. Send it again, the same bytes.") from None


def _check(submission: Submission, published: Published, *, org: bytes, day: int) -> bytes:
    """Return the signed bytes if the signature, every header and size and the day are right; InvalidError otherwise."""
    signer = published.manifest.submitters.get(submission.submitter)
    if submission.org != org or signer is None:
        raise InvalidError("This organisation or submitter is not the manifest's. Fetch the manifest again.")
    if abs(submission.day - day) > DAYS:
        raise InvalidError("The day is too far from ours. Set the clock, then send the same report again.")
    if len({file.id for file in submission.attachments}) != len(submission.attachments):
        raise InvalidError("An attachment is named twice.")
    try:
        _check_headers(submission, published)
        signed = _signed_bytes(submission)
        verify(signer, signed, submission.signature)
    except (RefusedError, ValueError) as error:  # ValueError: more attachments than can be signed
        raise InvalidError(
            "A record, its size, its key or the signature is not right. Seal the report anew."
        ) from error
    return signed


def _check_headers(submission: Submission, published: Published) -> None:
    kid, _ = split(submission.key, RecordType.REPORT_KEY_SEALED)
    lines = [line for line in published.manifest.intakes if (line.team, line.kid) == (submission.team, kid)]
    if not any(line.not_before - DAYS <= submission.day <= line.not_after + GRACE for line in lines):
        raise RefusedError
    own = [(submission.body, RecordType.BODY), (submission.summary, RecordType.SUMMARY)]
    own += [(file.key, RecordType.ATTACHMENT_KEY_WRAPPED) for file in submission.attachments]
    if any(split(record, kind)[0] != submission.report for record, kind in own):
        raise RefusedError


def _signed_bytes(submission: Submission) -> bytes:
    return submission_bytes(
        report=submission.report,
        org=submission.org,
        team=submission.team,
        day=submission.day,
        priority=submission.priority,
        key=submission.key,
        body=submission.body,
        summary=submission.summary,
        mailbox_public=submission.mailbox.public_key,
        attachments=[(file.id, file.size, file.sha256, file.key) for file in submission.attachments],
    )


class _Intake:
    """One checked submission on its way into the store: report, case, mailbox and audit entry, all or nothing."""

    def __init__(self, wiring: Wiring, submission: Submission, signer: bytes) -> None:
        self._store = wiring.store
        self._submission = submission
        self._signer = signer
        self._hour = time.hour(wiring.clock)
        pepper = wiring.settings.mailbox_pepper.get_secret_value()
        self._tag = tag(pepper, submission.mailbox.lookup)
        self.commitment = bytes(32)

    async def store(self, digest: bytes) -> bool:
        """True when this brought the report, False when these very bytes had; CollisionError for other bytes."""
        try:
            return await self._store.write(lambda connection: self._unit(connection, digest))
        except IntegrityError:
            # Somebody was faster with this id between our look and our insert, or the mailbox is another report's.
            report = self._submission.report
            known = await self._store.read(lambda connection: reports.digest_of(connection, report))
            return _same(known, digest)

    def _unit(self, connection: Connection, digest: bytes) -> bool:
        known = reports.digest_of(connection, self._submission.report)
        if known is not None:
            return _same(known, digest)
        sent = self._submission
        tombstone = cases.case_of_report(connection, sent.report)
        if tombstone is not None and tombstone.erased:
            return False  # our answer was lost, and the person has erased it since: it must not come back
        waiting = attachments.waiting(connection, sent.report) if sent.attachments else {}
        _check_arrived(sent.attachments, waiting)
        reports.insert_report(connection, self._report(), digest=digest)
        cases.insert_case(connection, self._case())
        mailboxes.insert_mailbox(connection, mailboxes.Mailbox(self._tag, sent.report, sent.mailbox.salt, sent.day))
        for number, file in enumerate(sent.attachments):
            attachments.claim(connection, file.id, number=number, key=file.key)
        # Intake entries carry the day only.
        hour = self._hour // 24 * 24
        leaf = audit.Leaf(audit.Action.REPORT_RECEIVED, self._signer, sent.report, hour, self.commitment)
        audit.append(connection, leaf)
        return True

    def _report(self) -> reports.StoredReport:
        sent = self._submission
        return reports.StoredReport(
            id=sent.report,
            team=sent.team,
            day=sent.day,
            priority=sent.priority,
            schema=SCHEMA,
            signer=self._signer,
            signature=sent.signature,
            generation=None,
            key_wrapped=None,
            key_sealed=sent.key,
            summary=sent.summary,
            mailbox_public=sent.mailbox.public_key,
            body=sent.body,
        )

    def _case(self) -> cases.CaseRow:
        sent = self._submission
        due = self._hour + opened_within(PRIORITIES[sent.priority - 1])
        return cases.CaseRow(
            sent.report, sent.team, sent.day, sent.priority, due, Status.NEW.value, None, unread=0, notes=0, version=1
        )


def _same(known: bytes | None, digest: bytes) -> bool:
    """False for "had it already"; CollisionError when the id is taken by other bytes."""
    if known != digest:
        raise CollisionError("This id belongs to another report. Nothing was changed.")
    return False


def _check_arrived(named: Sequence[SealedAttachment], waiting: dict[bytes, attachments.StoredAttachment]) -> None:
    for file in named:
        here = waiting.get(file.id)
        if here is None or (here.size, here.sha256) != (file.size, file.sha256):
            raise InvalidError("An attachment is not here or is not what was signed. Put it first, then send again.")


@router.put("/attachments/{attachment}", status_code=201, max_body_size=LARGEST_STREAM, openapi_extra=SEALED_STREAM)
async def attachments_create(
    *,
    request: Request,
    wiring: Here,
    attachment: str,
    amparo_report: Annotated[str, Header()],
    amparo_sha256: Annotated[str, Header()],
    content_length: Annotated[int, Header(ge=1)],
) -> Response:
    """Store one sealed stream, once: 201; 200 when it is here already; 409 when the id holds something else."""
    name, report, sha256 = _hex(attachment, 16), _hex(amparo_report, 16), _hex(amparo_sha256, 32)
    if content_length > wiring.settings.attachment_limit:
        raise BodyTooLargeError("This attachment is larger than the desk takes.")
    wanted = attachments.StoredAttachment(name, report, content_length, sha256, None)
    known = await wiring.store.read(lambda connection: attachments.find_attachment(connection, name))
    if known is not None:
        return _already(known, wanted)
    try:
        await wiring.blobs.put(name.hex(), request.stream(), size=content_length, sha256=sha256)
    except BlobExistsError:
        await _adopt_orphan(wiring, wanted)
    except (BlobMismatchError, ClientDisconnect) as error:
        raise InvalidError("These are not the bytes that were announced. Send them again.") from error
    return await _record(wiring, wanted)


async def _adopt_orphan(wiring: Wiring, wanted: attachments.StoredAttachment) -> None:
    """The object is here without a row: an earlier try died in between. Take it if it is the same."""
    if await wiring.blobs.sha256(wanted.id.hex()) != wanted.sha256:
        raise CollisionError("This id holds another attachment. Nothing was changed.")


async def _record(wiring: Wiring, wanted: attachments.StoredAttachment) -> Response:
    day = time.day(wiring.clock)
    try:
        await wiring.store.write(lambda connection: attachments.insert_attachment(connection, wanted, day=day))
    except IntegrityError:
        known = await wiring.store.read(lambda connection: attachments.find_attachment(connection, wanted.id))
        return _already(known, wanted)
    return Response(status_code=HTTPStatus.CREATED)


def _already(known: attachments.StoredAttachment | None, wanted: attachments.StoredAttachment) -> Response:
    if known is None or known[:4] != wanted[:4]:
        raise CollisionError("This id holds another attachment. Nothing was changed.")
    return Response(status_code=HTTPStatus.OK)


def _hex(text: str, size: int) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) != size or raw.hex() != text:
        raise InvalidError("Ids and hashes are lower-case hex.")
    return raw
