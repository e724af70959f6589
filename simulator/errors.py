# SPDX-License-Identifier: Apache-2.0
"""What can go wrong in the simulator.

SimulatorError
├── SpecificationError   the packaged specification cannot be used
├── MismatchError        a value does not have the shape the specification asks for
├── CallError            a Bot API call that is answered with `"ok": false`
├── ControlError         a request to the control API that cannot be done
├── StackError           a process of the demo or of a story did not do its part
└── StoryError           the world is not as a story says, or a story cannot be read
"""


class SimulatorError(Exception):
    """The root of this package's errors."""


class SpecificationError(SimulatorError):
    """The packaged bot_api.json is damaged: make it again with `python -m simulator.trim`."""


class MismatchError(SimulatorError):
    """A value of the wrong shape; `place` is the way to it, outermost name first."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place: list[str] = []

    def inside(self, name: str) -> "MismatchError":
        self.place.insert(0, name)
        return self

    def __str__(self) -> str:
        return f'"{".".join(self.place)}": {self.reason}' if self.place else self.reason


class CallError(SimulatorError):
    """The Bot API says no: `status` is the error_code, `description` the words Telegram uses."""

    def __init__(self, status: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


def bad_request(words: str) -> CallError:
    """A 400 in Telegram's form."""
    return CallError(400, f"Bad Request: {words}")


class ControlError(SimulatorError):
    """A control request that cannot be done; `more` joins the JSON answer (for example the visible labels)."""

    def __init__(self, status: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.more = more


class StackError(SimulatorError):
    """A child process failed; the message names the log to read."""


class StoryError(SimulatorError):
    """A line of a story that does not hold or cannot be read; the message names the line."""
