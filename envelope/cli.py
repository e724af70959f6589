# SPDX-License-Identifier: Apache-2.0
"""`amparo unseal`: open one sealed report offline, with the recovery identity and the escrow, without any store.

Everything that knows cryptography is imported when the command runs, so that `amparo --help` stays light.
"""

import argparse
import base64
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from envelope.recovery import Escrow

_IDENTITY = "AGE-SECRET-KEY-"
_ADOPTED = 0x02  # record type of reportkey.wrapped; an unadopted report has reportkey.sealed, 0x01


class SealedFile(NamedTuple):
    """What a sealed report file holds: ids as 16 bytes, then the records."""

    org: bytes
    team: bytes
    report: bytes
    schema: int
    key: bytes
    body: bytes


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this package's commands."""
    unseal = commands.add_parser(
        "unseal",
        help="open a sealed report offline, with the recovery identity",
        allow_abbrev=False,  # or `--identity KEY` would be taken for a file name
        description="Open a sealed report offline and print it as JSON. The recovery identity is read from "
        "--identity-file or from standard input, never from the command line.",
    )
    unseal.add_argument("file", type=Path, metavar="FILE", help="a sealed report file (JSON)")
    unseal.add_argument("--escrow", type=Path, required=True, metavar="FILE", help="the newest escrow file (.age)")
    unseal.add_argument("--identity-file", type=Path, metavar="FILE", help="a file with the recovery identity")
    unseal.set_defaults(run=run_unseal)


def run_unseal(args: argparse.Namespace) -> int:
    """Print the report and return 0, or one line on standard error and return 1."""
    from envelope.errors import EnvelopeError

    try:
        body = _open(args)
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}")
    except EnvelopeError as error:
        return _refuse(str(error))
    print(body.decode())
    return 0


def _refuse(words: str) -> int:
    print(f"amparo unseal: {words}", file=sys.stderr)
    return 1


def _open(args: argparse.Namespace) -> bytes:
    from envelope.errors import EnvelopeError, RefusedError
    from envelope.unseal import open_body

    sealed, escrow = _read_sealed(args.file.read_bytes()), args.escrow.read_bytes()
    found = _read_escrow(escrow, _identity(args.identity_file))
    try:
        report_key = _report_key(sealed, found)
        return open_body(report_key, sealed.body, org=sealed.org, report=sealed.report, schema=sealed.schema)
    except RefusedError as error:
        raise EnvelopeError(
            "The report does not open: its file was changed, or the escrow belongs to another organisation. "
            "Copy the file again."
        ) from error


def _identity(file: Path | None) -> str:
    """Find the line with the identity; lines around it, such as the comments age-keygen writes, do not matter."""
    from envelope.errors import BadKeyError

    if file is not None and file.name.upper().startswith(_IDENTITY):
        raise BadKeyError("Give a file, not the identity itself: everybody on this machine sees a command line.")
    if file is not None:
        text = file.read_text(errors="replace")
    elif sys.stdin.isatty():
        text = getpass.getpass("Recovery identity (not shown): ")
    else:
        text = sys.stdin.read()
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line.upper().startswith(_IDENTITY)), "")


def _read_sealed(raw: bytes) -> SealedFile:
    """Read {"org", "team", "report", "schema", "key", "body", ...}: ids in hex, records in base64url."""
    from envelope.errors import EnvelopeError

    try:
        fields = json.loads(raw)
        org, team, report = (bytes.fromhex(fields[name]) for name in ("org", "team", "report"))
        key, body = (_unpadded(fields[name]) for name in ("key", "body"))
        sealed = SealedFile(org, team, report, fields["schema"], key, body)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise EnvelopeError(_NOT_SEALED) from error
    if {len(org), len(team), len(report)} != {16} or type(sealed.schema) is not int or not 0 <= sealed.schema < 1 << 64:
        raise EnvelopeError(_NOT_SEALED)
    return sealed


_NOT_SEALED = "This is not a sealed report file: export it again, whole, as JSON."


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _read_escrow(file: bytes, identity: str) -> "Escrow":
    from envelope.errors import EnvelopeError, RefusedError
    from envelope.recovery import decrypt, read_escrow

    try:
        return read_escrow(decrypt(identity, file).decode())
    except (RefusedError, UnicodeDecodeError) as error:
        raise EnvelopeError(
            "The escrow does not open with this recovery identity: take the identity that was written down at the "
            "key ceremony, and the newest escrow file."
        ) from error


def _report_key(sealed: SealedFile, escrow: "Escrow") -> bytes:
    """Open the report's key record with the team key or the intake key that its header names."""
    from envelope.errors import EnvelopeError
    from envelope.suite import RecordType, split
    from envelope.unseal import IntakeKey, open_report_key
    from envelope.wrap import TeamKey

    where = {"org": sealed.org, "team": sealed.team, "report": sealed.report}
    if sealed.key[5:6] == bytes((_ADOPTED,)):
        kid, _ = split(sealed.key, RecordType.REPORT_KEY_WRAPPED)
        teams = (TeamKey(line.key, line.generation) for line in escrow.teams if line.team == sealed.team)
        found = next((team for team in teams if team.kid == kid), None)
        if found is not None:
            return found.unwrap_report_key(sealed.key, **where)
    else:
        kid, _ = split(sealed.key, RecordType.REPORT_KEY_SEALED)
        seed = next((line.seed for line in escrow.intakes if (line.team, line.kid) == (sealed.team, kid)), None)
        if seed is not None:
            return open_report_key(IntakeKey(seed), sealed.key, **where)
    raise EnvelopeError(
        "The escrow has no key for this report: it is older than the report, the key was destroyed as planned, or "
        "the report is sealed to named caseworkers only. Try the newest escrow file."
    )
