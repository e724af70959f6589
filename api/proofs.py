# SPDX-License-Identifier: Apache-2.0
"""A signed proof that a report was registered, for whoever has its receipt; it holds nothing of what was told."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from api import clock as time
from api.errors import BusyError, MissingError
from api.wiring import Wiring
from envelope import log
from envelope.errors import EnvelopeError, RefusedError
from envelope.proof import open_proof, write_proof
from envelope.signing import open_manifest
from storage.desk import audit, mailboxes
from storage.desk.audit import Action, Leaf


async def proof_of(wiring: Wiring, tag: bytes) -> str:
    """The proof for the report of this mailbox. MissingError: there is none; BusyError: nothing may be signed now."""

    def query(connection: Connection) -> tuple[audit.Entry, list[bytes]]:
        mailbox = mailboxes.find_mailbox(connection, tag)
        entry = audit.find_entry(connection, mailbox.report, Action.REPORT_RECEIVED) if mailbox else None
        if entry is None:
            raise MissingError
        return entry, audit.read_leaves(connection)

    key = await _key(wiring)
    try:
        entry, leaves = await wiring.store.read(query)
    except ValueError as error:
        raise BusyError(
            "The log is not whole. Nothing was signed; `amparo audit verify` says what is wrong."
        ) from error
    signed = log.sign_checkpoint(key, size=len(leaves), root=log.root(leaves), seconds=time.seconds(wiring.clock))
    told = hashlib.sha256(signed.encode()).digest()
    org, hour = wiring.settings.org, time.day(wiring.clock) * 24
    leaf = Leaf(Action.CHECKPOINT_SIGNED, audit.NOBODY, org, hour, told)
    await wiring.store.write(lambda connection: audit.append(connection, leaf))
    path = log.inclusion_path(leaves, entry.number)
    return write_proof(audit.bytes_of(entry), entry.number, path, signed)


async def _key(wiring: Wiring) -> log.LogKey:
    """The log's signing key under the name that the manifest gives it. BusyError: the manifest does not list it."""
    seeds = wiring.settings.log_key.get_secret_value()
    published = await wiring.manifests.current()
    for line in published.manifest.logs:
        key = log.LogKey(line.origin, seeds[:32], seeds[32:])
        if key.line == line:
            return key
    raise BusyError("The manifest does not list our log key: compare AMPARO_LOG_KEY with the newest manifest.")


class Registered(NamedTuple):
    """What a proof says to a person: a date, the log's name, the entry's number, the report's random id."""

    day: str
    origin: str
    number: int
    report: str


def check_proof(proof: str, manifest: str, fingerprint: str) -> Registered | None:
    """Check a proof with nothing but two files and the organisation's printed pin; None when it proves nothing."""
    try:
        text, note = (Path(one).read_text("utf-8") for one in (proof, manifest))
        published = open_manifest(note, fingerprint=bytes.fromhex(fingerprint))
    except (OSError, ValueError, EnvelopeError):
        return None
    for line in published.logs:
        try:
            found = open_proof(text, line)
        except RefusedError:
            continue
        if found.action == Action.REPORT_RECEIVED:
            day = dt.date(1970, 1, 1) + dt.timedelta(hours=found.hour)
            return Registered(day.isoformat(), line.origin, found.number, found.object.hex())
    return None
