# SPDX-License-Identifier: Apache-2.0
"""Where a chat can be reached for the sweep: its number, sealed, beside the ledger of its messages."""

from __future__ import annotations

from typing import Final

from envelope.locker import Locker
from storage.phone import deletions

_OUTLIVES: Final = 24  # hours: sealed under the key of so many hours later, an address outlives the drafts of its hour


class Addresses:
    """Seals a chat's number once an hour."""

    def __init__(self, locker: Locker) -> None:
        self._locker = locker
        self._noted: set[bytes] = set()
        self._hour = 0

    def fresh(self, *, chat: int, tag: bytes, hour: int) -> deletions.Address | None:
        """What is to be written, or None when that was done this hour. Hand it to `noted` after the commit."""
        if hour == self._hour and tag in self._noted:
            return None
        sealed = self._locker.seal("outgoing", tag, hour, str(chat).encode(), hour=hour + _OUTLIVES)
        return deletions.Address(tag, hour, sealed)

    def noted(self, address: deletions.Address | None) -> None:
        if address is None:
            return
        if address.hour > self._hour:
            self._noted.clear()
            self._hour = address.hour
        self._noted.add(address.chat)

    def open(self, address: deletions.Address) -> int:
        """EnvelopeError: it cannot be opened any more."""
        return int(self._locker.open("outgoing", address.chat, address.hour, address.sealed))
