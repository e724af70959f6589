# SPDX-License-Identifier: Apache-2.0
"""Invented reports of twelve answers, sealed and signed as the bot seals them, ready to be posted."""

import datetime as dt
import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values

from envelope import mailbox
from envelope.seal import SealedReport, new_report_key, seal_report
from envelope.signing import Manifest, Signer, open_manifest, submission_bytes
from intake import questionnaire, report
from intake.draft import Answer, Consent, Draft, ToldCount, ToldDate
from intake.submission import Mailbox, Submission

TODAY = dt.datetime.now(dt.UTC).date()
NARRATIVE = """\
Íbamos once personas en la camioneta, de madrugada, cuando nos pararon en un retén después del puente. Eran cuatro \
hombres con uniforme gris y dos con chaleco negro, sin placa a la vista. Nos bajaron uno por uno, apagaron la luz y \
dijeron que los papeles no servían. A mi cuñado le rompieron el permiso delante de todos. Pidieron tres mil pesos por \
adulto y la mitad por los niños; quien no tenía debía dejar el teléfono o quedarse. Una señora de Honduras empezó a \
llorar y la empujaron contra la puerta, se golpeó la frente y sangraba. Nadie llamó a un médico. Yo entregué lo que \
llevaba en el zapato, unos dos mil, y además el reloj de mi padre. Tomaron fotos de nuestras caras y de las \
credenciales, dijeron que si hablábamos sabían adónde íbamos. Después de una hora nos dejaron caminar, pero a dos \
muchachos de Venezuela, hermanos, los subieron a una patrulla blanca con número 214 en el techo y ya no los vimos. \
Preguntamos en la estación del pueblo siguiente y contestaron que allí no había ningún detenido. La madre espera \
noticias en un albergue y tiene el expediente de refugio de los dos. Puedo describir al que mandaba: bigote, cicatriz \
en la mano izquierda, acento del norte, le decían licenciado. El chofer se quedó con ellos y creo que avisó. Otros \
pasajeros vieron lo mismo y uno grabó el sonido con su celular antes de que se lo quitaran. Todavía tengo el boleto \
con la hora y el kilómetro, y la señora herida aceptó que se cuente lo suyo, sin su nombre. No quiero dinero, quiero \
saber dónde están los hermanos y que esto conste por si mañana le pasa a otra familia en el mismo lugar. Cuando \
salió el sol seguimos por la orilla de la vía hasta una capilla donde nos dieron agua y café, y allí la hermana del \
párroco apuntó los nombres de los dos muchachos y la hora. Ella dice que es la tercera vez este mes y que siempre \
es el mismo grupo, los jueves, cuando cambia el turno. Anoté también la marca de la camioneta de ellos, una gris con \
el vidrio trasero roto, y que uno cojeaba. Si alguien va a preguntar, que vaya de día y con testigos. El boleto y una \
foto del golpe de la señora los guarda la hermana de la capilla; a ella se le puede preguntar por mí sin decir de \
dónde vengo."""


class Sealing(NamedTuple):
    """Three records, the signed bytes and the signature."""

    records: SealedReport
    signed: bytes
    signature: bytes


class Prepared(NamedTuple):
    """`report` is the id; `body` the JSON to post under that idempotency key."""

    report: bytes
    body: bytes


def _answers() -> dict[str, Answer]:
    day = TODAY - dt.timedelta(days=1)
    when = ToldDate(day, day, "day", "ayer de madrugada", TODAY)
    return {
        "about": Answer(("witness",)),
        "danger": Answer(("nearby",)),
        "status": Answer(("free",)),
        "what": Answer(("extortion", "theft", "docs_taken")),
        "place": Answer(("MX-CHP",)),
        "town": Answer(words="San Isidro del Vado"),
        "site": Answer(("road_or_checkpoint",)),
        "when": Answer(("yesterday",), date=when),
        "people": Answer(("10-49",), count=ToldCount(10, 49, approximate=False, as_reported="once")),
        "children": Answer(("2",), count=ToldCount(2, 2, approximate=False, as_reported="2")),
        "needs": Answer(("none",)),
        "words": Answer(words=NARRATIVE),
    }


class Teller:
    """Twelve answers, told once; each report made of them has an id and a mailbox of its own."""

    def __init__(self) -> None:
        asked = questionnaire.load()
        answers = _answers()
        if unknown := answers.keys() - asked.questions.keys():
            raise LookupError(f"questions that are asked no more: {', '.join(sorted(unknown))}")
        consent = Consent("consent.first", asked.version, "es", TODAY.toordinal() - dt.date(1970, 1, 1).toordinal())
        self._ids = secrets.token_hex(16), secrets.token_hex(32)
        draft = Draft(asked.version, "0" * 8, self._ids[0], "", "es", "review", int(time.time()), answers, consent)
        found = report.build(asked, draft, today=TODAY, mailbox_sha256=self._ids[1])
        self._report, self.summary = found.to_bytes(), report.summarise(found).to_bytes()

    def tell(self, report_id: bytes, mailbox_public: bytes) -> bytes:
        """The bytes of a report."""
        told = self._report.replace(self._ids[0].encode(), report_id.hex().encode())
        return told.replace(self._ids[1].encode(), hashlib.sha256(mailbox_public).hexdigest().encode())


def told() -> tuple[bytes, bytes]:
    """One report and its summary."""
    teller = Teller()
    return teller.tell(secrets.token_bytes(16), b""), teller.summary


@dataclass(frozen=True)
class Sender:
    """What a bot of this organisation knows."""

    manifest: Manifest
    team: bytes
    signer: Signer
    intake_token: str

    @classmethod
    def of_home(cls, home: Path, note: str) -> "Sender":
        """`home` is where the key ceremony wrote; `note` the manifest as the desk serves it."""
        config = dotenv_values(home / "config.env")
        kept = {path.name: path.read_text("ascii").strip() for path in (home / "secrets" / "bot").iterdir()}
        fingerprint = bytes.fromhex(config["AMPARO_ORG_FINGERPRINT"] or "")
        return cls(
            open_manifest(note, fingerprint=fingerprint),
            bytes.fromhex(config["AMPARO_TEAM"] or ""),
            Signer(bytes.fromhex(kept["amparo_submitter_key"])),
            kept["amparo_intake_token"],
        )


def prepare(sender: Sender, count: int) -> Iterator[Prepared]:
    """Seal so many reports; about a millisecond each."""
    teller, org, day = Teller(), sender.manifest.org, int(time.time()) // 86_400
    public = sender.manifest.intake_for(sender.team, day=day).public
    (name,) = (name for name, key in sender.manifest.submitters.items() if key == sender.signer.public)
    for _ in range(count):
        one, secret, salt = secrets.token_bytes(16), mailbox.new_secret(), secrets.token_bytes(16)
        box = mailbox.mailbox_key(secret, org=org, salt=salt).public
        body = teller.tell(one, box)
        sealed = seal_report(
            intake_public=public,
            org=org,
            team=sender.team,
            report=one,
            schema=report.SCHEMA,
            report_key=new_report_key(),
            body=body,
            summary=teller.summary,
        )
        clear = {"report": one, "org": org, "team": sender.team, "day": day, "priority": 3, **sealed._asdict()}
        signature = sender.signer.sign(submission_bytes(**clear, mailbox_public=box, attachments=[]))
        place = Mailbox(lookup=mailbox.lookup(secret, org), salt=salt, public_key=box)
        submission = Submission(version=1, **clear, mailbox=place, attachments=(), submitter=name, signature=signature)
        yield Prepared(one, submission.to_bytes())
