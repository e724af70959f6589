# SPDX-License-Identifier: Apache-2.0
"""Help contacts as a person sees them, and the file that holds them while the bot runs."""

import datetime as dt
import os
import re
from zoneinfo import ZoneInfo

import pytest

import cli
from bot import screens
from bot.resources import Resources, drawn
from intake import questionnaire, resources
from intake.catalog import FSI, PDI, load_catalogs
from intake.effects import Ask, Choice, Say
from intake.resources import Area
from intake.words import units
from tests.intake.test_resources import file

CATALOGS = load_catalogs()
ES = CATALOGS.get("es")
CHECKED = ES.text("bot.resources")
NONE = ES.text("bot.no_resources")
TODAY = dt.datetime.now(ZoneInfo("America/Mexico_City")).date()
FRESH = {"verified_on": TODAY}
NOWHERE = Area()


def put(path, *entries, later=0):
    """Write the file as another one than before, whatever the clock of the file system can tell apart."""
    path.write_text(file(*(FRESH | entry for entry in entries)), encoding="utf-8")
    os.utime(path, (1_760_000_000 + later, 1_760_000_000 + later))


@pytest.fixture
def contacts(tmp_path):
    def make(*entries, served=()):
        if entries:
            put(tmp_path / "resources.toml", *entries)
        made = Resources(
            tmp_path / "resources.toml",
            questionnaire.load_all(),
            CATALOGS,
            ZoneInfo("America/Mexico_City"),
            served=served,
            now=lambda: dt.datetime(TODAY.year, TODAY.month, TODAY.day, 18, tzinfo=dt.UTC).timestamp(),
        )
        made.look()
        return made

    return make


def text_of(*effects, entries=(), catalog=ES):
    return screens.draw(effects, catalog, "Casa Ejemplo", lambda: list(entries)).text


def entry(catalog=ES, area=NOWHERE, **changes):
    return drawn(resources.parse(file(FRESH | changes))[0], catalog, CATALOGS, area)


def test_an_entry_says_all_there_is_to_know():
    told = entry(for_whom=["women", "families"], languages=["es", "quc", "xx"], note="Ring twice", channel="whatsapp")
    assert told.split("\n") == [
        f"{FSI}Casa Uno{PDI} ({FSI}Chiapas{PDI})",
        f"{FSI}night shelter{PDI}",
        f"Para: {FSI}mujeres, familias{PDI}",
        f"WhatsApp: {FSI}+1 555 0100{PDI}",
        f"Horario: {FSI}daily 08:00-20:00 America/Mexico_City{PDI}",
        f"Idiomas: {FSI}Español, {ES.text('choice.interpreter.quc')}, xx{PDI}",
        f"Costo: {FSI}free{PDI}",
        f"{FSI}Ring twice{PDI}",
    ]


@pytest.mark.parametrize(
    ("changes", "area", "named"),
    [
        ({"states": []}, Area(), "México"),
        ({"country": "any", "states": []}, Area(), ES.text("resource.anywhere")),
        ({"states": ["MX-SON", "MX-CHP"]}, Area("MX", "MX-CHP"), "Chiapas"),
        ({"states": ["MX-SON", "MX-CHP", "MX-VER", "MX-OAX"]}, Area("MX"), "Sonora, Chiapas, Veracruz, …"),
        ({"country": "ZZ", "states": []}, Area(), "ZZ"),
    ],
)
def test_an_entry_says_where_it_is_of_use(changes, area, named):
    assert entry(area=area, **changes).split("\n")[0] == f"{FSI}Casa Uno{PDI} ({FSI}{named}{PDI})"


def test_government_and_what_it_passes_on_are_always_said():
    told = entry(is_government=True, relation_to_enforcement="part_of")
    assert ES.text("resource.government") in told
    assert ES.text("resource.relation.part_of") in told
    assert "Atención" not in entry()


@pytest.mark.parametrize("key", sorted(screens.WITH_RESOURCES))
def test_they_stand_after_the_words_and_before_the_question(key):
    ask = Ask("step", "question.language.label", choices=(Choice("yes", text="Sí"),))
    told = text_of(Say(key), ask, entries=["ONE", "TWO"])
    assert told.split("\n\n")[:4] == [ES.text(key), CHECKED, "ONE", "TWO"]
    assert told.endswith("1 Sí")


def test_with_none_it_is_said_but_not_to_who_speaks_of_ending_it():
    assert text_of(Say("bot.help")) == f"{ES.text('bot.help')}\n\n{NONE}"
    assert text_of(Say("bot.danger")).endswith(NONE)
    assert text_of(Say("bot.consent_no")).endswith(NONE)
    assert NONE not in text_of(Say("bot.self_harm"))
    assert text_of(Say("bot.noted")) == ES.text("bot.noted")


def test_what_has_no_room_is_left_out_whole_and_the_question_stays():
    ask = Ask("step", "question.language.label", choices=(Choice("yes", text="Sí"),))
    told = text_of(Say("bot.help"), ask, entries=["a" * 3_000, "b" * 3_000, "c" * 100])
    assert units(told) <= screens.LONGEST
    assert ("a" * 3_000 in told, "b" in told.split("\n\n"), "b" * 3_000 in told, "c" * 100 in told) == (
        *(True, False),
        *(False, True),
    )
    assert told.endswith("1 Sí")


def test_five_entries_as_long_as_they_may_be_leave_every_question_whole():
    long = {
        name: "W" * most for name, most in (("name", 80), ("what", 120), ("hours", 80), ("cost", 60), ("note", 200))
    }
    longest = entry(value="1" * 200, is_government=True, relation_to_enforcement="part_of", **long)
    told = text_of(
        Say("bot.help"), Ask("x", "question.consent.label", choices=(Choice("a", text="Z"),)), entries=[longest] * 5
    )
    assert units(told) <= screens.LONGEST
    assert told.count("W" * 120) >= 3
    assert told.endswith("1 Z")


class RightToLeft:
    """The Spanish texts as if they were written from right to left."""

    direction, locale = "rtl", "ar"

    def text(self, key, n=None, **values):
        return ES.text(key, n, **values)


def test_on_a_right_to_left_screen_a_number_keeps_its_order():
    told = text_of(Say("bot.help"), entries=[entry(RightToLeft(), name="دار", languages=["ar"])], catalog=RightToLeft())
    assert f"{FSI}+1 555 0100{PDI}" in told
    lines = told.split("\n")
    assert all(line.startswith("\u200f") for line in lines if line and not line.startswith(f"{FSI}دار"))


def test_the_list_is_empty_without_a_file(contacts):
    assert contacts().entries(None, ES, TODAY) == []


def test_stale_ones_are_gone_the_next_day(contacts):
    found = contacts({"verified_on": TODAY - dt.timedelta(days=90)})
    assert len(found.entries(None, ES, TODAY)) == 1
    assert found.entries(None, ES, TODAY + dt.timedelta(days=1)) == []


def test_a_changed_file_is_read_again_and_a_broken_one_changes_nothing(contacts, tmp_path, caplog):
    path = tmp_path / "resources.toml"
    found = contacts({"name": "Casa Uno"})
    put(path, {"name": "Casa Dos"}, later=60)
    found.look()
    assert "Casa Dos" in found.entries(None, ES, TODAY)[0]
    caplog.clear()
    path.write_text("[[resource]]\nname = 'Casa SECRETA'\n")
    for _ in range(3):
        found.look()
    assert "Casa Dos" in found.entries(None, ES, TODAY)[0]
    [alarm] = [one for one in caplog.records if one.levelname == "ERROR"]  # once, not every minute
    assert (alarm.message, alarm.error) == (
        "the help contacts cannot be used: run amparo resources check",
        "ResourcesError",
    )
    assert "SECRETA" not in caplog.text
    path.unlink()
    found.look()
    assert found.entries(None, ES, TODAY) == []


def test_a_file_broken_at_the_start_is_an_alarm_and_no_contact(contacts, tmp_path, caplog):
    (tmp_path / "resources.toml").write_text("nothing = 'of use'")
    assert contacts().entries(None, ES, TODAY) == []
    assert [one.levelname for one in caplog.records] == ["ERROR"]


def test_a_file_that_may_not_be_read_is_read_as_soon_as_it_may(contacts, tmp_path, caplog, monkeypatch):
    path = tmp_path / "resources.toml"
    found = contacts({"name": "Casa Uno"})
    with monkeypatch.context() as patch:
        patch.setattr(type(path), "read_text", refuses)
        put(path, {"name": "Casa Dos"}, later=60)
        found.look()
    assert "Casa Uno" in found.entries(None, ES, TODAY)[0]
    path.chmod(0o600)
    found.look()
    assert "Casa Dos" in found.entries(None, ES, TODAY)[0]


def refuses(*_args, **_kwargs):
    raise PermissionError


def test_a_served_state_without_a_contact_is_warned_of(contacts, caplog):
    contacts({"states": ["MX-CHP"]}, {"id": "two", "country": "GT", "states": []}, served=("MX-CHP", "MX-SON", "GT-01"))
    [warning] = [one for one in caplog.records if one.levelname == "WARNING"]
    assert (warning.message, warning.count) == ("served states have no help contact that may be shown", 1)
    caplog.clear()
    contacts({"verified_on": TODAY - dt.timedelta(days=91)}, served=("MX-CHP",))
    assert [one.levelname for one in caplog.records if one.levelname != "INFO"] == ["WARNING"]
    caplog.clear()
    contacts({"states": ["MX-CHP"]})
    assert [one for one in caplog.records if one.levelname == "WARNING"] == []


async def test_a_person_is_shown_those_of_their_state(still_world, tmp_path):
    path = tmp_path / "ours.toml"
    put(path, {"id": "s", "name": "Casa Sonora", "states": ["MX-SON"]}, {"id": "c", "name": "Casa Chiapas"})
    bot = await still_world.start(resources_file=path)
    phone = await still_world.phone()
    told = await phone.ask("/ayuda")
    assert "Casa Sonora" in told
    assert "Casa Chiapas" in told
    await phone.begin()
    for _ in range(20):
        told = await phone.ask("saltar")
        if ES.text("question.place.label") in told:
            break
    await phone.ask("Chiapas")
    told = await phone.ask("ayuda")
    assert "Casa Chiapas" in told
    assert "Casa Sonora" not in told
    put(path, {"id": "c", "name": "Casa Nueva"}, later=60)
    bot.resources.look()
    assert "Casa Nueva" in await phone.ask("ayuda")


async def test_who_is_in_danger_or_says_no_is_told_that_there_is_none(world):
    phone = await world.phone()
    await phone.begin()
    await phone.ask("1")
    told = await phone.ask("1")  # in danger now
    assert ES.text("bot.danger") in told
    assert NONE in told
    other = await world.phone("Eva")
    await other.ask("/start")
    await other.ask("Español")
    assert NONE in await other.ask("no")


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    for name in [name for name in os.environ if name.startswith("AMPARO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AMPARO_HOME", str(tmp_path))
    monkeypatch.setattr(cli.oplog, "install", lambda: None)

    def run(*words):
        code = cli.main(["resources", *words])
        return (code, *capsys.readouterr())

    return run


def test_check_says_what_is_wrong_and_its_exit_status_too(command, tmp_path):
    code, out, _ = command("check")
    assert code == 0
    assert "no such file" in out
    put(tmp_path / "resources.toml", {})
    assert command("check") == (0, "1 help contacts, 0 hidden, 0 faults\n", "")
    put(tmp_path / "resources.toml", {"verified_by": ""}, {"id": "old", "verified_on": TODAY - dt.timedelta(days=99)})
    code, out, err = command("check")
    assert code == 1
    assert re.findall(r"^(\S+): hidden", out, re.MULTILINE) == ["casa-uno", "old"]
    assert err.startswith("casa-uno: verified_by is missing")
    code, out, err = command("check", str(tmp_path / "none.toml"))
    assert (code, out) == (1, "")
    assert err.startswith("amparo: The help contacts cannot be read")


def test_the_example_is_checked_and_hidden(command):
    code, out, err = command("check", "resources.example.toml")
    assert code == 1
    assert "example-shelter: hidden: its id begins with `example`" in out
    assert "MX-XXX" in err


def test_list_shows_what_a_person_would_see(command, tmp_path, monkeypatch):
    assert command("list")[:2] == (0, CATALOGS.get("en").text("bot.no_resources") + "\n")
    put(
        tmp_path / "ours.toml",
        {"id": "s", "name": "Casa Sonora", "states": ["MX-SON"]},
        {"id": "c", "name": "Casa Sur"},
    )
    (tmp_path / "config.env").write_text(f"AMPARO_RESOURCES_FILE={tmp_path}/ours.toml\n")
    _, out, _ = command("list", "--state", "MX-CHP", "--language", "es")
    assert "Casa Sur" in out
    assert "Horario" in out
    assert "Casa Sonora" not in out
    monkeypatch.setenv("AMPARO_RESOURCES_FILE", str(tmp_path / "none.toml"))
    assert command("list")[1] == CATALOGS.get("en").text("bot.no_resources") + "\n"
