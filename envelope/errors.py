# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with keys and records.

EnvelopeError
 ├─ RefusedError    a record or signature does not open; one error for every cause
 ├─ GoneError       the locker key of a record was destroyed, or died with the host
 ├─ BadKeyError     a key is malformed
 ├─ TooLargeError   a text does not fit the largest size class
 ├─ ManifestError   the signed intake manifest cannot be used
 ├─ ReceiptError    a receipt is misspelt
 └─ SelfTestError   the installed cryptography does not do what this format needs
"""


class EnvelopeError(Exception):
    """Base of all errors of this package."""


class RefusedError(EnvelopeError):
    """A record or signature does not open. It takes no text: which check failed is nobody's business."""

    def __init__(self) -> None:
        super().__init__(
            "This record does not open: it was changed, it belongs elsewhere, or another key is needed. "
            "Run `amparo audit verify` and restore the record from a backup if it is named there."
        )


class GoneError(EnvelopeError):
    """The locker key that could open a record is not there any more, so nobody can open it."""

    def __init__(self) -> None:
        super().__init__("The key of this record was destroyed as planned; drop the record and ask for a new start.")


class BadKeyError(EnvelopeError):
    """A key has a wrong length or is not a key of its kind."""


class TooLargeError(EnvelopeError):
    """A text does not fit its largest size class."""


class ManifestError(EnvelopeError):
    """The intake manifest is unsigned, unreadable, out of date or not of this organisation."""


class ReceiptError(EnvelopeError):
    """What was read is not a receipt, or it is misspelt."""


class SelfTestError(EnvelopeError):
    """The installed cryptography lacks something this format needs; do not start."""
