# SPDX-License-Identifier: Apache-2.0
"""Invented reports for the desk's tests, in the shape the bot sends them."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from intake.report import Report, StoredAttachment
from intake.shape import Act, Actor, ConsentRecord, Incident, People, Place, ToldAnswer, When

CANARY = "Zopilote-Canario-7f3a"
"""A word that stands in what was told and nowhere else: it must not be found in a file, a log or an error."""

WORDS = (
    f"Nos detuvieron en la estación migratoria {CANARY}. Mi hermano sigue adentro y dicen que mañana lo suben a un "
    "avión. No nos dejaron hablar con nadie."
)


def told(
    report: bytes,
    _key: bytes,
    *,
    public: bytes,
    now: int,
    files: Sequence[tuple[str, bytes]] = (),
    words: str = WORDS,
    facts: Mapping[str, Any] | None = None,
    language: str = "es",
    file_name: str = "foto.jpg",
    adds_to: str | None = None,
    copies: Mapping[int, int] | None = None,
) -> Report:
    """A report with one incident; `facts` are what triage reads; `copies`: which file is scrubbed from which."""
    today = dt.date(1970, 1, 1) + dt.timedelta(days=now // 86_400)
    incident = Incident(
        groups=("detained",),
        acts=(Act(code="detention_unclassified"),),
        place=Place(country="MX", state="MX-SON", town="Nogales", site="immigration_detention"),
        date=When(start=today, end=today, precision="day", as_reported="hoy", anchor=today),
        people=People(count_min=2, count_max=2, as_reported="2"),
        narrative=words,
        actors=(Actor(code="inm"),),
        facts={"detained_now": True, "removal": "lt72h"} if facts is None else facts,
    )
    return Report(
        id=report.hex(),
        day=today,
        questionnaire="test-1",
        taxonomy="test-1",
        language=language,
        adds_to=adds_to,
        mode="relative",
        incidents=(incident,),
        consent=(ConsentRecord(text="bot.consent", version="1", locale=language, day=now // 86_400),),
        answers=(
            ToldAnswer(question="danger", values=("unknown",)),
            ToldAnswer(question="status", values=("detained",)),
            ToldAnswer(question="removal", values=("lt72h",)),
            ToldAnswer(question="who", skipped=True),
        ),
        attachments=tuple(
            StoredAttachment(
                id=name, length=len(content), sha256=hashlib.sha256(content).hexdigest(), kind="photo",
                mime="image/jpeg", name=file_name,
            )
            if number not in (copies or {})
            else StoredAttachment(
                id=name, length=len(content), sha256=hashlib.sha256(content).hexdigest(), kind="photo",
                mime="image/jpeg", variant="scrubbed", of=files[(copies or {})[number]][0],
            )
            for number, (name, content) in enumerate(files)
        ),
        mailbox_sha256=hashlib.sha256(public).hexdigest(),
    )  # fmt: skip
