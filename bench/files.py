# SPDX-License-Identifier: Apache-2.0
"""An attachment of 10 MiB on its way into the desk: what it costs beyond the network, and whether memory grows."""

import hashlib
import os
import secrets

from bench.clock import forget_peak, memory_of
from bench.desk import Desk
from bench.load import Call, ask
from bench.table import Goal, Raw, Row
from envelope.seal import AttachmentSealer, new_report_key

SIZE = 10 << 20
PUTS = 5


def _sealed() -> tuple[bytes, bytes, bytes]:
    """Report id, attachment id, stream."""
    org, report, attachment = (secrets.token_bytes(16) for _ in range(3))
    sealer = AttachmentSealer(org=org, report=report, attachment=attachment, report_key=new_report_key())
    return report, attachment, sealer.update(os.urandom(SIZE)) + sealer.finish()


async def rows(desk: Desk, intake_token: str) -> list[Row]:
    """Puts five; no report claims them."""
    calls = []
    for _ in range(PUTS):
        report, attachment, stream = _sealed()
        headers = {"Authorization": f"Bearer {intake_token}", "Amparo-Report": report.hex()}
        headers["Amparo-SHA256"] = hashlib.sha256(stream).hexdigest()
        calls.append(Call("PUT", f"{desk.stack.api_url}/v1/intake/attachments/{attachment.hex()}", stream, headers))
    forget_peak(desk.pid)  # a login took its 64 MiB before
    before = memory_of(desk.pid)
    found = await ask(desk.web, iter(calls), clients=1, pid=desk.pid, expected=201)
    grown = memory_of(desk.pid, "VmHWM") - before
    bare_calls = [Call("PUT", desk.echo, call.body) for call in calls]
    bare = await ask(desk.web, iter(bare_calls), clients=1, pid=desk.echo_pid, expected=201)
    if found.refused:
        raise ValueError(f"an attachment was answered {found.refused[0]}")
    beyond, beside = found.cpu_ms - bare.cpu_ms, [Raw("bare server, reading it", bare.cpu_ms)]
    return [
        Row("10 MiB attachment: server CPU beyond the network", beyond, "ms", Goal(60), beside),
        Row("10 MiB attachments: growth of the server's peak memory", grown, "MiB", Goal(5)),
    ]
