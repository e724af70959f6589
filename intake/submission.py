# SPDX-License-Identifier: Apache-2.0
"""The one message between bot and API: a sealed report and the only fields that may travel in clear.

envelope.md section 4 and DESIGN.md section 6 say which fields and why. Python attributes hold bytes; on the wire ids
and hashes are lower-case hex, records and keys base64url without padding. Signature, record headers and exact record
sizes are checked by the API with envelope/, not here: this file knows shapes, not cryptography.
"""

import base64
import binascii
import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

from intake.errors import SubmissionError

LARGEST = 384 * 1024
"""Bytes of JSON. The largest body record is 128 KiB and some, 175 KiB as base64; 64 attachments take 1.8 KiB each."""

ATTACHMENTS = 64
HASH = 32
PUBLIC_KEY = 1216  # X-Wing: ML-KEM-768 (1,184) and X25519 (32)
SIGNATURE = 64  # Ed25519


def _from_hex(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str) or value != value.lower():
        raise ValueError("lower-case hex is wanted")
    return binascii.unhexlify(value)


def _from_base64url(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("base64url text is wanted")  # noqa: TRY004  pydantic wants ValueError
    raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    if _to_base64url(raw) != value:
        raise ValueError("base64url without padding, one spelling only")
    return raw


def _to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


_Hex = (BeforeValidator(_from_hex), PlainSerializer(bytes.hex, when_used="json"))
_Base64 = (BeforeValidator(_from_base64url), PlainSerializer(_to_base64url, when_used="json"))

Id = Annotated[bytes, *_Hex, Field(min_length=16, max_length=16)]
Sha256 = Annotated[bytes, *_Hex, Field(min_length=HASH, max_length=HASH)]
Record = Annotated[bytes, *_Base64, Field(min_length=24, max_length=192 * 1024)]
Salt = Annotated[bytes, *_Base64, Field(min_length=16, max_length=16)]
PublicKey = Annotated[bytes, *_Base64, Field(min_length=PUBLIC_KEY, max_length=PUBLIC_KEY)]
Signature = Annotated[bytes, *_Base64, Field(min_length=SIGNATURE, max_length=SIGNATURE)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Mailbox(_Part):
    """Where replies will wait. `lookup` derives from the receipt; the desk keeps only a keyed hash of it."""

    lookup: Id
    salt: Salt
    public_key: PublicKey


class SealedAttachment(_Part):
    """`size` and `sha256` are those of the sealed stream, which was put before this submission."""

    id: Id
    size: int = Field(ge=1, le=2**40)
    sha256: Sha256
    key: Record


class Submission(_Part):
    version: int = Field(ge=1, le=1)
    report: Id
    org: Id
    team: Id
    day: int = Field(ge=0, le=2**31)  # Unix day number of the sealing
    priority: int = Field(ge=1, le=4)
    key: Record
    body: Record
    summary: Record
    mailbox: Mailbox
    attachments: tuple[SealedAttachment, ...] = Field(max_length=ATTACHMENTS)
    submitter: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    signature: Signature

    def to_bytes(self) -> bytes:
        """Canonical JSON: sorted keys, no spaces, ASCII. The same submission is the same bytes at every try."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":")).encode("ascii")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise SubmissionError("A field is given twice: send each field once.")
    return fields


def parse(raw: bytes) -> Submission:
    """Read one submission. SubmissionError names the fields at fault and never what stood in them."""
    if len(raw) > LARGEST:
        raise SubmissionError(f"The submission is larger than {LARGEST} bytes: put attachments on their own route.")
    try:
        fields = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise SubmissionError("The submission is not JSON: send it as the bot writes it.") from error
    if isinstance(fields, dict) and isinstance(fields.get("attachments"), list):
        fields["attachments"] = tuple(fields["attachments"])  # strict mode tells lists from tuples; JSON cannot
    try:
        return Submission.model_validate(fields)
    except ValidationError as error:
        wrong = sorted({_place(one["type"], one["loc"]) for one in error.errors(include_input=False)})
        raise SubmissionError(f"Fields at fault: {', '.join(wrong)}. Compare with intake/submission.py.") from None


def _place(kind: str, where: tuple[int | str, ...]) -> str:
    if kind == "extra_forbidden":
        return "an unknown one"  # its name came from outside and stays out of errors
    return ".".join(map(str, where)) or "submission"
