# SPDX-License-Identifier: Apache-2.0
"""The desk's door as a bot uses it: sealed submissions, made and posted by hand."""

import hashlib
from dataclasses import dataclass, field

import aiohttp

from api.settings import Settings
from intake.submission import Submission
from tests.api.conftest import Bot, HandClock, Sent
from tests.claims.stage import Stage


@dataclass
class Answers:
    """What came back over HTTP: how often which status, and the bodies by report."""

    statuses: dict[int, int] = field(default_factory=dict)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)

    def add(self, report: str, status: int, body: bytes) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status in {200, 201}:
            self.acknowledged.add(report)
            self.bodies.setdefault(report, set()).add(body)


class Door:
    """Seals with the keys of a stage's bot and posts to its desk."""

    def __init__(self, stage: Stage, bot: Bot) -> None:
        self.stage = stage
        self.bot = bot
        self.clock = HandClock()

    def seal(self, **answers: object) -> Sent:
        return self.bot.seal(self.clock, **answers)

    def headers(self, submission: Submission) -> dict[str, str]:
        own = {"Content-Type": "application/json", "Idempotency-Key": submission.report.hex()}
        return {**self.bot.headers, **own}

    async def post(self, sent: Sent | Submission, web: aiohttp.ClientSession | None = None) -> tuple[int, bytes]:
        submission = sent.submission if isinstance(sent, Sent) else sent
        address = f"{self.stage.api_url}/v1/intake/submissions"
        async with (web or self.stage.web).post(
            address, data=submission.to_bytes(), headers=self.headers(submission)
        ) as answer:
            return answer.status, await answer.read()

    async def put(self, sent: Sent) -> None:
        """Every attachment of a submission; the desk must take them."""
        for name, stream in sent.streams.items():
            headers = {
                **self.bot.headers,
                "Amparo-Report": sent.id,
                "Amparo-SHA256": hashlib.sha256(stream).hexdigest(),
            }
            address = f"{self.stage.api_url}/v1/intake/attachments/{name.hex()}"
            async with self.stage.web.put(address, data=stream, headers=headers) as answer:
                assert answer.status == 201, answer.status


async def open_door(stage: Stage) -> Door:
    """Read the manifest as the bot does, and the bot's own keys from its secrets."""
    token = (stage.home / "secrets" / "bot" / "amparo_intake_token").read_text(encoding="utf-8").strip()
    address = f"{stage.api_url}/v1/intake/manifest"
    async with stage.web.get(address, headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 200
        note = await answer.text()
    settings = Settings.load(environment={}, home=stage.home)
    return Door(stage, Bot(stage.home, settings, note))
