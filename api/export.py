# SPDX-License-Identifier: Apache-2.0
"""The sealed report file: one report's records as they lie in the store, for `amparo unseal`. Nothing is opened."""

import base64
import json

from sqlalchemy import Connection

from api import clock as time
from api.errors import CeremonyError
from api.wiring import Wiring
from storage.desk import attachments, audit, reports
from storage.desk.audit import Action, Leaf

_NONE = "There is no report of this id. Ids are 32 hex digits; the console shows them."


async def sealed_file(wiring: Wiring, report: str) -> str:
    """One line of JSON: ids in hex, records in base64url. CeremonyError: no such report, or shredded."""
    try:
        wanted = bytes.fromhex(report)
    except ValueError as error:
        raise CeremonyError(_NONE) from error
    hour = time.hour(wiring.clock)

    def unit(connection: Connection) -> tuple[reports.StoredReport, list[attachments.StoredAttachment]] | None:
        found = reports.read_report(connection, wanted)
        if found is None:
            return None
        audit.append(connection, Leaf(Action.REPORT_EXPORTED, audit.NOBODY, wanted, hour))
        return found, attachments.of_report(connection, wanted)

    found = await wiring.store.write(unit)
    if found is None:
        raise CeremonyError(_NONE)
    stored, files = found
    key = stored.key_wrapped or stored.key_sealed
    if key is None:
        raise CeremonyError("This report was shredded: nobody can open it any more.")
    return json.dumps(
        {
            "org": wiring.settings.org.hex(),
            "team": stored.team.hex(),
            "report": stored.id.hex(),
            "schema": stored.schema,
            "key": _base64(key),
            "body": _base64(stored.body),
            "summary": _base64(stored.summary),
            "attachments": [{"id": file.id.hex(), "key": _base64(file.key or b"")} for file in files],
        }
    )


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
