# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a store. The words are for a person and hold nothing that a person told.

StorageError
├── UnavailableError    the surroundings failed: locked, full, read-only, down, closed
├── ConflictError       the row changed meanwhile
├── SchemaError         the database is not at the revision this code expects
├── LockedError         another process has this SQLite file
├── DurabilityError     the database would acknowledge what it may lose
├── BlobKeyError        a name that is no blob's name
├── BlobExistsError     blobs are written once
├── BlobMissingError    no such blob
└── BlobMismatchError   other bytes than were announced
"""


class StorageError(Exception):
    """Anything this package reports."""


class UnavailableError(StorageError):
    """Nothing was acknowledged: try again later, with the same ids.

    Where a connection broke in the middle of COMMIT the outcome is unknown, so that the second try must be harmless.
    """

    def __init__(self, words: str = "the database cannot be written or read just now; try again in a moment") -> None:
        super().__init__(words)


class ConflictError(StorageError):
    """The row's version is not the one the writer had read: read it again and decide anew."""


class SchemaError(StorageError):
    """The tables are not those this code expects; the words name the command to run."""


class LockedError(StorageError):
    """One process a SQLite file."""


class DurabilityError(StorageError):
    """The database refuses a setting without which "acknowledged" would not mean "on disk"."""


class BlobKeyError(StorageError):
    """A blob's key is a plain name: lower-case letters, digits, dots, dashes, underscores; never a path."""


class BlobExistsError(StorageError):
    """There is a blob of this key already; it was left as it is."""


class BlobMissingError(StorageError):
    """There is no blob of this key."""


class BlobMismatchError(StorageError):
    """The bytes are not those announced (hash or size); nothing was kept."""


def bearable(error: BaseException) -> Exception:
    """Wrap what must not come out of a future: StopIteration is refused there, SystemExit would end the loop."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    wrapped = RuntimeError(f"a unit raised {type(error).__name__}")
    wrapped.__cause__ = error
    return wrapped
