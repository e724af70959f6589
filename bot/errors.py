# SPDX-License-Identifier: Apache-2.0
"""The bot's errors.

BotError
├── SettingsError       the environment names something unknown or leaves something out
├── WebhookSetError     Telegram still delivers to a webhook, so polling would get nothing
├── PollerHeldError     another process of ours polls for this bot
├── UnusableUpdateError what Telegram sent has not the shape of an update
├── NoManifestError     no intake key can be trusted at this moment, so nothing is taken
├── ProfileError        a text of the public profile breaks Telegram's limits
├── DeskError           the API did not do what was asked
└── FetchError          a file could not be taken from Telegram
FloodError stands beside them, under the library's own tree, because it passes through the library's code.
"""

from telegram.error import TelegramError


class BotError(Exception):
    """Something of ours; the text says what to do next and holds nothing that a person told."""


class SettingsError(BotError):
    pass


class WebhookSetError(BotError):
    pass


class PollerHeldError(BotError):
    pass


class UnusableUpdateError(BotError):
    pass


class NoManifestError(BotError):
    pass


class ProfileError(BotError):
    pass


class DeskError(BotError):
    """`status` is None when there was no answer; `after` is what Retry-After asked for, in seconds."""

    def __init__(self, words: str, *, status: int | None = None, after: int = 0) -> None:
        super().__init__(words)
        self.status = status
        self.after = after


class FetchError(BotError):
    pass


class FloodError(TelegramError):
    """Telegram asks to wait. The library's own `RetryAfter` warns when it is made, which our tests refuse."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Telegram asks to wait")
        self.seconds = min(max(seconds, 1), 3600)
