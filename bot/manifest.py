# SPDX-License-Identifier: Apache-2.0
"""Which key reports are sealed to: the organisation's signed manifest, fetched, checked against the pin, and kept.

The last valid one lies in $AMPARO_HOME so that a bot that starts while the API is down can still take reports. An
older one than was ever seen is refused. Without a valid one nothing is sent: the answers wait in their draft.
"""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Final

from bot.desk import Desk
from bot.errors import DeskError, NoManifestError
from envelope.errors import ManifestError
from envelope.signing import IntakeLine, Manifest, Signer, open_manifest

log = logging.getLogger("amparo.bot")

EVERY: Final = 3600.0
_SOON: Final = 0.25  # seconds between tries while there is none at all: bot and API often start together
_LATER: Final = 5.0  # the same, once that has gone on for a while
_A_WHILE: Final = 240  # tries
_WARN_DAYS: Final = 14  # envelope.md section 8


class Manifests:
    """Holds the manifest in force. `org` and `team` are ids of 16 bytes, `fingerprint` the 32 pinned ones."""

    def __init__(
        self, desk: Desk, *, cache: Path, fingerprint: bytes, org: bytes, team: bytes, submitter: Signer
    ) -> None:
        self._desk = desk
        self._cache = cache
        self._fingerprint = fingerprint
        self._org = org
        self._team = team
        self._submitter = submitter
        self.current: Manifest | None = None

    def load(self) -> None:
        """Take up the one kept from an earlier run, if it is still good."""
        if self._cache.exists():
            try:
                self._accept(self._cache.read_text("utf-8"))
            except (ManifestError, OSError, UnicodeDecodeError) as error:
                log.warning("the kept manifest is not usable", extra={"error": type(error).__name__})

    async def refresh(self) -> None:
        """Ask the API for the present one. DeskError, ManifestError: the one in force stays."""
        note = await self._desk.manifest()
        before = self.current
        self._accept(note)
        if self.current != before:
            await asyncio.to_thread(_replace, self._cache, note)

    async def keep_fresh(self) -> None:
        """Refresh at once and every hour, sooner while there is none; runs until cancelled."""
        failures = 0
        while True:
            try:
                await self.refresh()
                failures = 0
            except (DeskError, ManifestError, OSError) as error:
                if failures % _A_WHILE == 0:
                    log.warning("no new manifest", extra={"error": type(error).__name__, "attempt": failures + 1})
                failures += 1
            wait = _SOON if failures < _A_WHILE else _LATER
            await asyncio.sleep(EVERY if self.current is not None else wait)

    def intake(self, day: int) -> IntakeLine:
        """The key to seal to on a Unix day. NoManifestError: none can be trusted."""
        if self.current is None:
            raise NoManifestError("there is no valid manifest: start the API, and compare AMPARO_ORG_FINGERPRINT")
        try:
            line = self.current.intake_for(self._team, day=day)
        except ManifestError as error:
            raise NoManifestError(str(error)) from error
        if day > line.not_after - _WARN_DAYS:
            log.warning("the intake key ends soon: publish a new manifest", extra={"day": line.not_after})
        return line

    def submitter_name(self) -> str:
        """Under which name the manifest lists our signing key. NoManifestError: it does not."""
        lines = self.current.submitters.items() if self.current is not None else ()
        for name, public in lines:
            if public == self._submitter.public:
                return name
        raise NoManifestError("the manifest does not list our submitter key: compare AMPARO_SUBMITTER_KEY")

    def _accept(self, note: str) -> None:
        manifest = open_manifest(note, fingerprint=self._fingerprint)
        if manifest.org != self._org:
            raise ManifestError("The manifest is of another organisation: compare AMPARO_ORG.")
        if self.current is not None and manifest.serial < self.current.serial:
            raise ManifestError("The manifest is older than the one in force: the API must serve the newest.")
        self.current = manifest


def _replace(path: Path, text: str) -> None:
    """Write the whole file or none of it: a power cut leaves the old one."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
