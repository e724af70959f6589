# SPDX-License-Identifier: Apache-2.0
"""The team key and what it wraps: report keys (adoption), intake seeds, the side key; and its seals to people.

Imported by api.vault only. A TeamKey holds one prepared cipher and prepared bindings, so make it once a request.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from envelope import suite
from envelope.binding import ID_BYTES, around, kdf, kid_public, kid_symmetric, mac
from envelope.errors import RefusedError
from envelope.keys import REPORT_KEY_BYTES, Redacted, XWingKey, check_key
from envelope.padding import DETAIL_BUCKETS, frame, unframe
from envelope.suite import HEADER_BYTES, NONCE_BYTES, RecordType

(_WRAPPED_SIZE,) = RecordType.REPORT_KEY_WRAPPED.sizes
_SEALED_FROM = HEADER_BYTES + NONCE_BYTES


class TeamKey(Redacted):
    """A team's symmetric key in one generation."""

    __slots__ = ("_aead", "_befores", "_head", "generation", "key", "kid")

    def __init__(self, key: bytes, generation: int) -> None:
        """BadKeyError: not 32 bytes."""
        self.key = check_key(key)
        self.generation = generation
        self.kid = kid_symmetric(key)
        self._aead = AESGCM(key)
        self._head = suite.header(RecordType.REPORT_KEY_WRAPPED, self.kid)
        self._befores: dict[tuple[bytes, bytes], bytes] = {}

    def _report_aad(self, org: bytes, team: bytes, report: bytes) -> bytes:
        # The report comes last in this binding, so all before it is one constant a team.
        before = self._befores.get((org, team))
        if before is None:
            before, _ = around("reportkey.wrapped", 4, self.kid, org, team, self.generation)
            self._befores[org, team] = before
        if len(report) != ID_BYTES:
            raise ValueError("an id field takes 16 bytes")
        return before + report

    def wrap_report_key(self, report_key: bytes, *, org: bytes, team: bytes, report: bytes) -> bytes:
        """Adopt a report key: a record of 116 bytes. BadKeyError: not 64 bytes."""
        check_key(report_key, REPORT_KEY_BYTES)
        nonce = os.urandom(NONCE_BYTES)
        return self._head + nonce + self._aead.encrypt(nonce, report_key, self._report_aad(org, team, report))

    def unwrap_report_key(self, record: bytes, *, org: bytes, team: bytes, report: bytes) -> bytes:
        """Give the 64 bytes of a report key. Called for every row of a queue, hence without detours."""
        if len(record) != _WRAPPED_SIZE or record[:HEADER_BYTES] != self._head:
            raise RefusedError
        aad = self._report_aad(org, team, report)
        try:
            return self._aead.decrypt(record[HEADER_BYTES:_SEALED_FROM], record[_SEALED_FROM:], aad)
        except InvalidTag:
            raise RefusedError from None

    def wrap_intake_seed(self, seed: bytes, *, org: bytes, team: bytes, intake_kid: bytes) -> bytes:
        """Wrap the seed of an intake key."""
        return self._wrap(RecordType.INTAKE_KEY_WRAPPED, seed, org, team, self.generation, intake_kid)

    def unwrap_intake_seed(self, record: bytes, *, org: bytes, team: bytes, intake_kid: bytes) -> bytes:
        """Give the 32-byte seed of an intake key."""
        return self._unwrap(RecordType.INTAKE_KEY_WRAPPED, record, org, team, self.generation, intake_kid)

    def wrap_side_key(self, key: bytes, *, org: bytes, team: bytes) -> bytes:
        """Wrap the side key, which outlives generations."""
        return self._wrap(RecordType.SIDE_KEY_WRAPPED, key, org, team, self.generation)

    def unwrap_side_key(self, record: bytes, *, org: bytes, team: bytes) -> bytes:
        """Give the 32 bytes of the side key."""
        return self._unwrap(RecordType.SIDE_KEY_WRAPPED, record, org, team, self.generation)

    def _wrap(self, record_type: RecordType, key: bytes, *fields: bytes | int) -> bytes:
        return suite.gcm_record(record_type, self._aead, self.kid, check_key(key), *fields)

    def _unwrap(self, record_type: RecordType, record: bytes, *fields: bytes | int) -> bytes:
        return suite.open_gcm_record(record_type, self._aead, self.kid, record, *fields)


class SideKey(Redacted):
    """The key behind index tags and audit details; it survives a change of the team key."""

    __slots__ = ("_audit", "_key", "kid")

    def __init__(self, key: bytes) -> None:
        """BadKeyError: not 32 bytes."""
        self._key = check_key(key)
        self._audit = kdf(key, "side.audit")
        self.kid = kid_symmetric(key)

    def index_tag(self, field: str, value: str) -> bytes:
        """Give the 16-byte tag of an exact, hard-to-guess identifier; normalise the value first."""
        return mac(kdf(self._key, "side.index", field), "index.tag", field, value)[:ID_BYTES]

    def seal_detail(self, detail: bytes, *, org: bytes, index: int) -> bytes:
        """Seal what an audit entry does not say in clear. TooLargeError: over 16 KiB deflated."""
        framed = frame(detail, DETAIL_BUCKETS)
        return suite.stream_record(RecordType.AUDIT_DETAIL, self._audit, self.kid, framed, org, index)

    def open_detail(self, record: bytes, *, org: bytes, index: int) -> bytes:
        """Open what seal_detail made."""
        return unframe(suite.open_stream_record(RecordType.AUDIT_DETAIL, self._audit, self.kid, record, org, index))


def seal_team_key(user_public: bytes, team_key: TeamKey, *, org: bytes, team: bytes, user: bytes) -> bytes:
    """Seal a team key to a caseworker. Their public key must have come with a member signature."""
    kid = kid_public(user_public)
    fields = (org, team, team_key.generation, user)
    return suite.hpke_record(RecordType.TEAM_KEY_SEALED, user_public, kid, team_key.key, *fields)


def open_team_key(user_seed: bytes, record: bytes, *, org: bytes, team: bytes, generation: int, user: bytes) -> TeamKey:
    """Open a team key with a caseworker's seed."""
    key = suite.open_hpke_record(RecordType.TEAM_KEY_SEALED, XWingKey(user_seed), record, org, team, generation, user)
    return TeamKey(key, generation)


def seal_named_report_key(user_public: bytes, report_key: bytes, *, org: bytes, user: bytes, report: bytes) -> bytes:
    """Seal a report key to one chosen caseworker, for cases the team as a whole must not open."""
    check_key(report_key, REPORT_KEY_BYTES)
    kid = kid_public(user_public)
    return suite.hpke_record(RecordType.REPORT_KEY_NAMED, user_public, kid, report_key, org, user, report)


def open_named_report_key(user_seed: bytes, record: bytes, *, org: bytes, user: bytes, report: bytes) -> bytes:
    """Open a report key that was sealed to one caseworker."""
    return suite.open_hpke_record(RecordType.REPORT_KEY_NAMED, XWingKey(user_seed), record, org, user, report)
