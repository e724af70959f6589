# SPDX-License-Identifier: Apache-2.0
"""Claim 6: who takes the disk away, while it runs or afterwards, finds nothing that was told, and no credential.

Marker words are told in every way a phone can tell something, answered from the desk, provoked into errors; then every
file below AMPARO_HOME (databases, WAL, spool, blobs, locker, logs with all output of the processes) is searched for
them as UTF-8, UTF-16 and base64, and inside zlib streams.
"""

import base64
import json
import re
import secrets
import zlib
from pathlib import Path

import aiohttp
import pytest

from simulator.stack import Stack, running_stack
from simulator.story import play_story

KEPT_IN_SECRETS = {"secrets", "offline"}  # where tokens and peppers belong; the texts of reports belong nowhere


def marker() -> str:
    return "zq" + secrets.token_hex(8)


def forms(word: str) -> list[bytes]:
    """How a word may lie on a disk: three alignments of base64 besides the plain spellings."""
    raw = word.encode()
    coded = [base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)]
    return [raw, word.encode("utf-16-le"), word.encode("utf-16-be"), raw.hex().encode(), *coded]


def inflated(raw: bytes) -> bytes:
    """Everything in a file that is a zlib stream, unpacked."""
    found = []
    for at in (match.start() for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", raw)):
        try:
            found.append(zlib.decompressobj().decompress(raw[at:], 1 << 20))
        except zlib.error:
            continue
    return b"\n".join(found)


def hits(home: Path, words: dict[str, str], *, skip: set[str]) -> list[str]:
    """`file: which word` for each word that lies in a file; the words themselves are not printed."""
    found = []
    for file in sorted(path for path in home.rglob("*") if path.is_file()):
        where = file.relative_to(home)
        if where.parts[0] in skip:
            continue
        raw = file.read_bytes()
        everything = raw + b"\n" + inflated(raw)
        found += [f"{where}: {name}" for name, word in words.items() if any(form in everything for form in forms(word))]
    return found


STORY = """
phone ana language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Someone I help"
  taps "No"
  taps "Free"
  says 1 2
  says "{place}"
  taps "Skip"
  says "{site}"
  says "in March {date}"
  says 2
  says 0
  says 7
  says "{narrative}"
  says "{who}"
  taps "No"
  says "{review}"
  taps "Send"
  keeps receipt
  sees "Handed over"
phone bad language en
  says /start
  taps "English"
  taps "Yes, go on"
  says "{unsent} told while a choice was asked, and never sent"
desk maria
  logs in
  sees 1 case
  sees first in queue priority P3
  opens it
  reads "{narrative}"
  replies "{reply}"
phone ana
  says <receipt>
  sees "{reply}"
"""


async def provoke(stack: Stack, words: dict[str, str]) -> list[str]:
    """Errors that a careless program would answer or log with what it was given; the bodies that came back."""
    bodies = []
    async with aiohttp.ClientSession() as web:
        for path, body in (
            ("/v1/sessions", json.dumps({"name": words["name"], "passphrase": words["guess"]})),
            ("/v1/sessions", json.dumps({"name": [words["name"]], "passphrase": 7, words["key"]: 1})),
            ("/v1/sessions", '{"name": "' + words["broken"]),
            ("/v1/intake/submissions", json.dumps({"report": words["broken"]})),
        ):
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {words['bearer']}"}
            async with web.post(stack.api_url + path, data=body, headers=headers) as answer:
                assert answer.status in {401, 422, 400}
                bodies.append(await answer.text())
        update = {
            "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": [words["poison"]]}
        }
        async with web.post(f"{stack.telegram_api_url}/control/updates", json=update) as answer:
            assert answer.status == 200
    return bodies


@pytest.mark.slow
async def test_a_taken_disk_tells_nothing(tmp_path):
    home = tmp_path / "home"
    told = {name: marker() for name in re.findall(r"{(\w+)}", STORY)}
    wrong = {name: marker() for name in ("name", "guess", "key", "broken", "bearer", "poison")}
    async with running_stack(home) as stack:
        await play_story(STORY.format(**told), stack)
        bodies = await provoke(stack, wrong)
        credentials = {"passphrase": stack.keys["passphrase"], "bot token": stack.bot_token}
        credentials["recovery identity"] = stack.keys["recovery_identity"]
        async with aiohttp.ClientSession() as web, web.get(f"{stack.telegram_api_url}/control/phones") as answer:
            chats = {f"chat {one['phone']}": str(one["chat"]) for one in (await answer.json())["phones"]}
        assert [body for body in bodies for word in wrong.values() if word in body] == []
        everything = told | wrong | credentials | chats
        assert hits(home, everything, skip=set()) == []
    assert hits(home, everything, skip=set()) == []
    assert (
        hits(
            home,
            {"intake token": (home / "secrets" / "bot" / "amparo_intake_token").read_text().strip()},
            skip=KEPT_IN_SECRETS,
        )
        == []
    )
    (home / "planted").write_bytes(zlib.compress(told["narrative"].encode()))
    assert hits(home, told, skip=set()) == ["planted: narrative"]  # the search itself can see
