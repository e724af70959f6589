# SPDX-License-Identifier: Apache-2.0
"""The signed manifest in force: read from the store, checked against the pinned organisation key, and kept a while.

A row is not believed because it is a row: whoever can write to the database cannot sign for the organisation.
"""

from typing import NamedTuple

from api.clock import Clock
from envelope.binding import kid_public
from envelope.signing import Manifest, open_manifest
from storage.database import Store
from storage.desk.keyring import newest_manifest
from storage.errors import SchemaError

FRESH = 30.0  # seconds after which the store is asked again: another process may have published a new one


class Published(NamedTuple):
    """A manifest, the note that carries it, and its submitters' public keys by key id."""

    note: str
    manifest: Manifest
    signers: dict[bytes, bytes]


class Manifests:
    """Gives the newest manifest of one organisation; never one older than it has seen."""

    def __init__(self, store: Store, clock: Clock, *, org: bytes, fingerprint: bytes) -> None:
        self._store = store
        self._clock = clock
        self._org = org
        self._fingerprint = fingerprint
        self._current: Published | None = None
        self._read_at = 0.0

    async def current(self) -> Published:
        """The manifest in force. SchemaError before `amparo init`, ManifestError when it is not the organisation's."""
        if self._current is None or not 0 <= self._clock() - self._read_at < FRESH:
            self._current = await self._read()
            self._read_at = self._clock()
        return self._current

    async def _read(self) -> Published:
        note = await self._store.read(newest_manifest)
        if note is None:
            raise SchemaError("there is no manifest yet; run `amparo init`")
        if self._current is not None and note == self._current.note:
            return self._current
        newest = self._current.manifest.serial if self._current else 0
        manifest = open_manifest(note, fingerprint=self._fingerprint, newest=newest)
        if manifest.org != self._org:
            raise SchemaError("the manifest is of another organisation; check AMPARO_ORG")
        return Published(note, manifest, {kid_public(public): public for public in manifest.submitters.values()})
