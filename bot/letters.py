# SPDX-License-Identifier: Apache-2.0
"""Dead letters: sealed to the intake key the moment they are written, so that only a caseworker can read them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable

from sqlalchemy import Connection

from bot.errors import NoManifestError
from bot.manifest import Manifests
from envelope.errors import EnvelopeError
from envelope.seal import seal_dead_letter
from storage.phone import deadletters


class Letters:
    def __init__(self, manifests: Manifests, *, org: bytes, now: Callable[[], float] = time.time) -> None:
        self._manifests = manifests
        self._org = org
        self._now = now

    def bury(self, connection: Connection, raw: object | None, *, kind: str, error: str) -> None:
        """Keep `raw` sealed; None, or no key to seal to, leaves a count only. `error` is an exception class's name."""
        letter = secrets.token_bytes(16)
        day = int(self._now()) // 86400
        sealed = None if raw is None else self._seal(raw, letter, day)
        deadletters.bury(connection, letter=letter, day=day, kind=kind, error=error, sealed=sealed)

    def _seal(self, raw: object, letter: bytes, day: int) -> bytes | None:
        plain = json.dumps(raw, separators=(",", ":")).encode()
        try:
            public = self._manifests.intake(day).public
            return seal_dead_letter(intake_public=public, org=self._org, letter=letter, day=day, raw=plain)
        except (NoManifestError, EnvelopeError):
            return None
