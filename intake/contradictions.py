# SPDX-License-Identifier: Apache-2.0
"""What no taxonomy may say: codes that stand twice, entries that do not exist, windows that end before they begin."""

from collections.abc import Iterable, Sequence

from intake.entries import Actor, Places, TaxonomyFile, Violation
from intake.errors import FactsError, TaxonomyError
from intake.facts import Facts


def check(file: TaxonomyFile) -> None:
    """Refuse contradictions between entries; TaxonomyError names the entry and what is wrong."""
    tables: tuple[tuple[str, Iterable[str]], ...] = (
        ("groups", (group.code for group in file.groups)),
        ("violations", (violation.code for violation in file.violations)),
        ("qualifiers", (qualifier.code for qualifier in file.qualifiers)),
        ("actors", (actor.code for actor in file.actors)),
        ("sites", (site.code for site in file.sites)),
        ("papers", file.lists.papers),
        ("attributes", file.lists.attributes),
        ("countries", file.places.countries),
        ("states", file.places.states),
        ("first_screen of places", file.places.first_screen),
        ("first_screen", file.first_screen),
    )
    for table, codes in tables:
        _check_once(table, codes)
    numbers = [group.number for group in file.groups]
    _refuse_if(numbers != list(range(1, len(numbers) + 1)), "groups: number them 1, 2, 3 in menu order.")
    for violation in file.violations:
        _check_violation(violation, file)
    _check_menus(file)
    for qualifier in file.qualifiers:
        for window in qualifier.windows:
            reversed_ = window.until is not None and window.until < window.start
            _refuse_if(reversed_, f"qualifiers {qualifier.code}: a window ends before it begins.")
    _check_places(file.places, file.actors)


def _check_once(table: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        _refuse_if(code in seen, f"{table}: {code} stands there twice.")
        seen.add(code)


def _check_violation(violation: Violation, file: TaxonomyFile) -> None:
    where = f"violations {violation.code}"
    _refuse_if(violation.group not in {g.code for g in file.groups}, f"{where}: no group {violation.group}.")
    known = {qualifier.code for qualifier in file.qualifiers}
    for qualifier in violation.qualifiers:
        _refuse_if(qualifier not in known, f"{where}: no qualifier {qualifier}.")
    try:
        Facts.from_mapping(violation.sets)
    except FactsError as error:
        raise TaxonomyError(f"{where}, sets: {error}") from error


def _offered(violation: Violation) -> bool:
    return violation.set_by == "reporter" and violation.retired_on is None


def _check_menus(file: TaxonomyFile) -> None:
    offered = {violation.code: violation.group for violation in file.violations if _offered(violation)}
    for group in file.groups:
        where = f"menu of {group.code}"
        _check_once(where, group.menu)
        for code in group.menu:
            _refuse_if(offered.get(code) != group.code, f"{where}: {code} is not a reporter's code of this group.")
        for code in (code for code, its in offered.items() if its == group.code and code not in group.menu):
            _refuse_if(True, f"{where}: {code} is missing.")
    for code in file.first_screen:
        _refuse_if(code not in offered, f"first_screen: {code} is not a reporter's code.")


def _check_places(places: Places, actors: Sequence[Actor]) -> None:
    for state in places.states:
        _refuse_if(state[:2] not in places.countries, f"states: {state} is in no country of the list.")
    for state in places.first_screen:
        _refuse_if(state not in places.states, f"first_screen of places: {state} is not among the states.")
    for actor in actors:
        where = f"actors {actor.code}"
        _refuse_if(actor.state and actor.country is None, f"{where}: an actor of a state needs its country.")
        unknown = actor.country is not None and actor.country not in places.countries
        _refuse_if(unknown, f"{where}: {actor.country} is not among the countries.")


def _refuse_if(wrong: object, message: str) -> None:
    if wrong:
        raise TaxonomyError(message)
