# SPDX-License-Identifier: Apache-2.0
"""One conversation played through the flow, as the shell would: the draft goes through its bytes at every turn."""

import datetime as dt

from intake.catalog import Catalogs, load_catalogs
from intake.draft import Draft
from intake.effects import Ask, Review, Say, Submit
from intake.events import ENTROPY, Attached, Attachment, Pressed, Said, Turn
from intake.flow import advance
from intake.questionnaire import load
from intake.questions import Questionnaire
from intake.report import Report, build

TODAY = dt.date(2025, 10, 9)  # a Thursday
MAILBOX = "ab" * 32
QUESTIONNAIRE: Questionnaire = load()
CATALOGS: Catalogs = load_catalogs()


class Interview:
    def __init__(self, language="es", questionnaire=QUESTIONNAIRE, catalogs=CATALOGS):
        self.questionnaire, self.catalogs, self.language = questionnaire, catalogs, language
        self.draft = self.sent = None
        self.effects = ()
        self.now, self.turns = 1_760_000_000, 0

    def turn(self):
        self.turns += 1
        return Turn(self.now, TODAY, self.language, bytes((self.turns + n) % 256 for n in range(ENTROPY)))

    def turn_at(self, now):
        self.now = now
        return self.turn()

    def take(self, event, wait=20):
        self.now += wait
        before = self.draft
        step = advance(self.questionnaire, self.catalogs, before, event, self.turn())
        self.effects = step.effects
        self.draft = step.draft and Draft.from_bytes(step.draft.to_bytes())
        assert self.draft == step.draft, "a draft comes back from its bytes as it was"
        assert sum(isinstance(effect, (Ask, Review)) for effect in step.effects) <= 1, "at most one screen"
        if any(isinstance(effect, Submit) for effect in step.effects):
            self.sent = before
        return step.effects

    def say(self, text, message=None, wait=20):
        return self.take(Said(text, message), wait)

    def press(self, choice, wait=20, **forged):
        at = forged.get("step", self.draft.aside or self.draft.step)
        return self.take(Pressed(forged.get("nonce", self.draft.nonce), at, choice), wait)

    def send(self, kind, wait=20, **fields):
        return self.take(Attached(Attachment(f"{self.turns:032x}", kind, **fields), fields.get("message")), wait)

    def begin(self, language="es", consent="yes"):
        """Up to the first real question."""
        self.say("hola")
        self.press(language)
        self.press(consent)
        return self

    def answer(self, **answers):
        """Press the answers to these questions, skipping every other one that is asked before them."""
        for name, values in answers.items():
            self.go_to(name)
            self.reply(values)
        return self

    def go_to(self, name):
        """Skip until this question stands, telling more where that is what it takes."""
        while self.step.partition(".")[0] != name:
            if self.step == "review":
                assert "more" in {choice.value for choice in self.screen.choices}, f"{name} is not asked"
                self.press("more")
            else:
                self.press("skip")
        return self

    def reply(self, values):
        question = self.questionnaire.question(self.draft.step)
        if question.type in {"text", "files"}:
            self.say(values)
        elif question.multiple:
            for value in (values,) if isinstance(values, str) else values:
                self.press(value)
            self.press("done")
        else:
            self.press(values)

    def to_review(self):
        while self.draft.step != "review":
            self.press("skip")
        return self

    @property
    def step(self):
        return self.draft.aside or self.draft.step

    @property
    def screen(self):
        return next((effect for effect in self.effects if isinstance(effect, (Ask, Review))), None)

    @property
    def said(self):
        return [effect.key for effect in self.effects if isinstance(effect, Say)]

    def report(self, draft=None, attachments=()) -> Report:
        draft = draft or self.sent or self.draft
        built = build(self.questionnaire, draft, today=TODAY, mailbox_sha256=MAILBOX, attachments=attachments)
        assert Report.from_bytes(built.to_bytes()) == built
        return built
