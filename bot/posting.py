# SPDX-License-Identifier: Apache-2.0
"""Carries what a person wants done with a mailbox to the desk: a message, a change of sharing, notices, erasing.

Messages are sealed to the team's intake key and bound to the mailbox. The message's id is minted with the wish, so
that a try whose answer was lost does no harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.desk import Desk, Erasing
from bot.errors import DeskError
from bot.manifest import Manifests
from envelope import mailbox
from intake import mail

SAID: Final[Mapping[str, str]] = {
    "write": "bot.handed_over",
    "share": "bot.share_changed",
    "notify": "bot.notify_on",
    "silence": "bot.notify_off",
}
"""What is said once the desk has it, for each act that leaves a message."""

ACTS: Final = frozenset({*SAID, "erase"})
"""Acts that are kept while the desk is down."""

_ERASED: Final[Mapping[Erasing, str | None]] = {
    Erasing.DONE: "bot.erased",
    Erasing.HELD: "bot.erase_held",
    Erasing.UNKNOWN: None,
}
_FULL: Final = 413


class Posting:
    """`org` and `team` are ids of 16 bytes."""

    def __init__(
        self, desk: Desk, manifests: Manifests, *, org: bytes, team: bytes, now: Callable[[], float] = time.time
    ) -> None:
        self._desk = desk
        self._manifests = manifests
        self._org = org
        self._team = team
        self._now = now

    async def carry(self, wish: Mapping[str, Any]) -> str | None:
        """Do what the body of a job asks; gives the key of what to say, None when there is no such mailbox.

        DeskError, NoManifestError: nothing can be done just now.
        """
        secret = bytes.fromhex(wish["receipt"])
        lookup = mailbox.lookup(secret, self._org)
        if wish["act"] == "erase":
            return _ERASED[await self._desk.erase(lookup)]
        try:
            return await self._leave(wish, secret, lookup)
        except DeskError as error:
            if error.status == _FULL:
                return "bot.mailbox_full"
            raise

    async def _leave(self, wish: Mapping[str, Any], secret: bytes, lookup: bytes) -> str | None:
        found = await self._desk.mailbox(lookup)  # its salt gives the mailbox's key, to which a message is bound
        if found is None:
            return None
        day, message = int(self._now()) // 86400, bytes.fromhex(wish["message"])
        record = mailbox.seal_message(
            self._manifests.intake(day).public,
            org=self._org,
            team=self._team,
            mailbox_kid=mailbox.mailbox_key(secret, org=self._org, salt=found.salt).kid,
            message=message,
            day=day,
            text=mail.to_bytes(_told(wish)),
        )
        left = await self._desk.leave_message(lookup, message=message, day=day, record=record)
        return SAID[wish["act"]] if left else None


def _told(wish: Mapping[str, Any]) -> mail.Mail:
    if wish["act"] == "share":
        return mail.Share(wish["level"])
    if wish["act"] == "notify":
        return mail.Notify(wish["ref"])
    return mail.Silence() if wish["act"] == "silence" else mail.Words(wish["text"])
