# SPDX-License-Identifier: Apache-2.0
"""What is signed: submissions by the bot, memberships by coordinators, the intake manifest by the organisation.

No public key is used because a row says so: it stands in a manifest or under a member signature. The manifest is a
C2SP signed note; bot and API pin the organisation key by its fingerprint.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from envelope import bech32
from envelope.binding import ID_BYTES, bind, digest, kid_public
from envelope.errors import BadKeyError, EnvelopeError, ManifestError
from envelope.log import LogLine
from envelope.notes import ED25519, MLDSA44_TEXT, NoteKey, b64decode, b64encode, is_name, read_note, write_note
from envelope.signatures import ED25519_PUBLIC, DualPublic, DualSigner, Signer, new_seed, verify, verify_mldsa44
from envelope.suite import check_public

__all__ = [
    "IntakeLine", "LogLine", "Manifest", "OrgKey", "Signer", "manifest_digest", "member_bytes", "open_manifest",
    "sign_manifest", "submission_bytes", "verify",
]  # fmt: skip

_MANIFEST = "amparo-envelope/v1 manifest"  # line two, and the ML-DSA context
_ORG_KEY = "amparo-envelope/v1 organisation-key"
_GRACE_DAYS = 30  # turning a person away is worse than less forward secrecy
_EPOCH = dt.date(1970, 1, 1).toordinal()
RECIPIENT_PREFIX = "age1pq"  # C2SP age.md: a post-quantum recipient, Bech32 of the 1,216 public bytes
_MOST_ATTACHMENTS = 60  # four fields each, and a binding has room for 255
_FORGED = (
    "The intake manifest is not signed by the organisation key this installation is pinned to: fetch it again, and "
    "compare AMPARO_ORG_FINGERPRINT with what the organisation printed."
)
_MALFORMED = "The intake manifest says something this version cannot read: update Amparo, or have it signed anew."
_OLD = "The intake manifest is older than one seen before: fetch the current one."
_NONE_IN_FORCE = "No intake key is in force for this team: a coordinator must sign and publish a new manifest."


def submission_bytes(
    *,
    report: bytes,
    org: bytes,
    team: bytes,
    day: int,
    priority: int,
    key: bytes,
    body: bytes,
    summary: bytes,
    mailbox_public: bytes,
    attachments: Sequence[tuple[bytes, int, bytes, bytes]],
) -> bytes:
    """What a submitter signs. Attachments: id, sealed size, SHA-256 of the sealed stream, its attkey record."""
    if priority not in range(1, 5) or len(attachments) > _MOST_ATTACHMENTS:
        raise ValueError("priority is 1 to 4, and a report has at most 60 attachments")
    parts = (
        part
        for attachment, size, sha256, record in attachments
        for part in (attachment, size, sha256, hashlib.sha256(record).digest())
    )
    sums = (hashlib.sha256(data).digest() for data in (key, body, summary, mailbox_public))
    return bind("submission", report, org, team, day, priority, *sums, digest("submission.attachments", *parts))


def member_bytes(*, org: bytes, team: bytes, generation: int, user: bytes, user_kid: bytes, team_kid: bytes) -> bytes:
    """What a coordinator signs: this person, with this public key, belongs to this generation of the team key."""
    return bind("member", org, team, generation, user, user_kid, team_kid)


class OrgKey(DualSigner):
    """The organisation's signing keys. They live offline; a ceremony may sign several months ahead."""

    @property
    def fingerprint(self) -> bytes:
        """32 bytes: what bot and API pin, and what printed material shows."""
        return _fingerprint(self.public)

    @classmethod
    def generate(cls) -> Self:
        return cls(new_seed(), new_seed())

    def to_text(self) -> str:
        """The file to keep offline: whoever has it speaks for the organisation."""
        return f"{_ORG_KEY}\ned25519 {b64encode(self.ed25519_seed)}\nmldsa44 {b64encode(self.mldsa44_seed)}\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote; BadKeyError for anything else."""
        try:
            first, *rest = text.strip().split("\n")
            (one, ed25519), (two, mldsa44) = (line.strip().split(" ") for line in rest)
            key = cls(b64decode(ed25519), b64decode(mldsa44))
        except (ValueError, EnvelopeError) as error:
            raise BadKeyError(
                "This is not an organisation key file: look for the copy made at `amparo init`."
            ) from error
        if (first.strip(), one, two) != (_ORG_KEY, "ed25519", "mldsa44"):
            raise BadKeyError("This is not an organisation key file: look for the copy made at `amparo init`.")
        return key


class IntakeLine(NamedTuple):
    """One monthly intake key of one team: ids, first and last Unix day in force, 1,216 public bytes."""

    team: bytes
    kid: bytes
    not_before: int
    not_after: int
    public: bytes


@dataclass(frozen=True)
class Manifest:
    """Which keys the organisation vouches for. Ids are 16 bytes, public keys raw, recoveries `age1pq1...`."""

    name: str
    org: bytes
    serial: int
    previous: bytes | None
    intakes: tuple[IntakeLine, ...]
    submitters: Mapping[str, bytes]
    coordinators: Mapping[bytes, bytes]
    logs: tuple[LogLine, ...]
    recoveries: tuple[str, ...]

    def intake_for(self, team: bytes, *, day: int) -> IntakeLine:
        """The newest intake key of a team in force that day, or one that ended at most 30 days before."""
        usable = [
            line
            for line in self.intakes
            if line.team == team and line.not_before <= day <= line.not_after + _GRACE_DAYS
        ]
        if not usable:
            raise ManifestError(_NONE_IN_FORCE)
        return max(usable, key=lambda line: (day <= line.not_after, line.not_before))


def sign_manifest(manifest: Manifest, key: OrgKey) -> str:
    """The manifest as a note with both signatures; ManifestError if it could not be read back."""
    text = _text(manifest, key.public)
    if _parse(text) != manifest:
        raise ManifestError(_MALFORMED)
    first, second = _note_keys(manifest.name, key.public)
    data = text.encode()
    signatures = key.sign_ed25519(data), key.sign_mldsa44(data, _MANIFEST.encode())
    return write_note(text, zip((first, second), signatures, strict=True))


def open_manifest(note: str, *, fingerprint: bytes, newest: int = 0) -> Manifest:
    """The manifest in a note, once pin and both signatures are right; ManifestError otherwise.

    `newest` is the highest serial seen so far; a lower one is refused.
    """
    try:
        text = _verified(note, fingerprint)
    except (EnvelopeError, ValueError) as error:
        raise ManifestError(_FORGED) from error
    manifest = _parse(text)
    if manifest.serial < newest:
        raise ManifestError(_OLD)
    return manifest


def manifest_digest(note: str) -> bytes:
    """SHA-256 of a manifest's text without its signatures: the `previous` of the next one."""
    return hashlib.sha256(read_note(note).text.encode()).digest()


def _verified(note: str, fingerprint: bytes) -> str:
    read = read_note(note)
    name, _, _, _, _, ed25519, mldsa44, *_ = read.text.split("\n")
    public = DualPublic(b64decode(ed25519.partition(" ")[2]), b64decode(mldsa44.partition(" ")[2]))
    if _fingerprint(public.check()) != fingerprint:
        raise ValueError("another organisation key")
    first, second = _note_keys(name, public)
    data = read.text.encode()
    verify(public.ed25519, data, read.signature_by(first))
    verify_mldsa44(public.mldsa44, data, read.signature_by(second), _MANIFEST.encode())
    return read.text


def _fingerprint(public: DualPublic) -> bytes:
    return digest("org.fingerprint", public.ed25519, public.mldsa44)


def _note_keys(name: str, public: DualPublic) -> tuple[NoteKey, NoteKey]:
    return NoteKey(name, ED25519, public.ed25519), NoteKey(name, MLDSA44_TEXT, public.mldsa44)


def _text(manifest: Manifest, public: DualPublic) -> str:
    return "".join(f"{line}\n" for line in _lines(manifest, public))


def _lines(manifest: Manifest, public: DualPublic) -> Iterator[str]:
    yield from (manifest.name, _MANIFEST, f"org {manifest.org.hex()}", f"serial {manifest.serial}")
    yield f"previous {manifest.previous.hex() if manifest.previous else '-'}"
    yield f"org-ed25519 {b64encode(public.ed25519)}"
    yield f"org-mldsa44 {b64encode(public.mldsa44)}"
    for intake in manifest.intakes:
        dates = f"{_date(intake.not_before)} {_date(intake.not_after)}"
        yield f"intake {intake.team.hex()} {intake.kid.hex()} {dates} {b64encode(intake.public)}"
    yield from (f"submitter {name} {b64encode(key)}" for name, key in manifest.submitters.items())
    yield from (f"coordinator {user.hex()} {b64encode(key)}" for user, key in manifest.coordinators.items())
    yield from (f"log {log.origin} {b64encode(log.ed25519)} {b64encode(log.mldsa44)}" for log in manifest.logs)
    yield from (f"recovery {recipient}" for recipient in manifest.recoveries)


def _parse(text: str) -> Manifest:
    """Read a manifest's text, then write it again: only the one right spelling passes."""
    try:
        manifest, public = _read(text)
        _check(manifest)
        if _text(manifest, public) != text:
            raise ManifestError(_MALFORMED)
    except (EnvelopeError, KeyError, TypeError, ValueError, OverflowError) as error:
        # A missing word is a KeyError, a line of another length a ValueError or, for an intake line, a TypeError.
        raise ManifestError(_MALFORMED) from error
    return manifest


def _read(text: str) -> tuple[Manifest, DualPublic]:
    name, _, *lines = text.removesuffix("\n").split("\n")
    words: dict[str, list[list[str]]] = {}
    for line in lines:
        word, *values = line.split(" ")
        words.setdefault(word, []).append(values)
    ((org,),), ((serial,),), ((previous,),) = words["org"], words["serial"], words["previous"]
    ((ed25519,),), ((mldsa44,),) = words["org-ed25519"], words["org-mldsa44"]
    manifest = Manifest(
        name=name,
        org=bytes.fromhex(org),
        serial=int(serial),
        previous=None if previous == "-" else bytes.fromhex(previous),
        intakes=tuple(_intake(*values) for values in words["intake"]),
        submitters={key: b64decode(value) for key, value in words.get("submitter", [])},
        coordinators={bytes.fromhex(key): b64decode(value) for key, value in words.get("coordinator", [])},
        logs=tuple(LogLine(origin, b64decode(one), b64decode(two)) for origin, one, two in words.get("log", [])),
        recoveries=tuple(recipient for (recipient,) in words.get("recovery", [])),
    )
    return manifest, DualPublic(b64decode(ed25519), b64decode(mldsa44))


def _intake(team: str, kid: str, not_before: str, not_after: str, public: str) -> IntakeLine:
    return IntakeLine(bytes.fromhex(team), bytes.fromhex(kid), _day(not_before), _day(not_after), b64decode(public))


def _check(manifest: Manifest) -> None:
    """Refuse keys that could not be used, before anybody seals to them."""
    ids = [manifest.org, *manifest.coordinators, *(line.team for line in manifest.intakes)]
    names = [manifest.name, *manifest.submitters, *(log.origin for log in manifest.logs)]
    signers = [*manifest.submitters.values(), *manifest.coordinators.values()]
    if any(len(value) != ID_BYTES for value in ids) or not all(is_name(name) for name in names):
        raise ManifestError(_MALFORMED)
    if any(len(key) != ED25519_PUBLIC for key in signers) or len(manifest.previous or bytes(32)) != 32:
        raise ManifestError(_MALFORMED)
    if not 0 <= manifest.serial < 1 << 63:
        raise ManifestError(_MALFORMED)
    for line in manifest.intakes:
        check_public(line.public)
        if line.kid != kid_public(line.public) or line.not_before > line.not_after:
            raise ManifestError(_MALFORMED)
    for log in manifest.logs:
        DualPublic(log.ed25519, log.mldsa44).check()
    for recipient in manifest.recoveries:
        check_public(bech32.decode(RECIPIENT_PREFIX, recipient))
        if recipient != recipient.lower():
            raise ManifestError(_MALFORMED)


def _date(day: int) -> str:
    return dt.date.fromordinal(day + _EPOCH).isoformat()


def _day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal() - _EPOCH
