# SPDX-License-Identifier: Apache-2.0
"""What the entries of a taxonomy file must not say of one another: each contradiction is refused, the entry named."""

from collections.abc import Iterable

from intake.entries import Actor, Places, Qualifier, TaxonomyFile, Violation
from intake.errors import FactsError, TaxonomyError
from intake.facts import Facts


def check(file: TaxonomyFile) -> None:
    """Raise TaxonomyError for the first contradiction found."""
    _check_doubles(file)
    numbers = [group.number for group in file.groups]
    _refuse_if(numbers != list(range(1, len(numbers) + 1)), "groups: number them 1, 2, 3 in menu order.")
    for violation in file.violations:
        _check_violation(violation, file)
    _check_menus(file)
    for qualifier in file.qualifiers:
        _check_windows(qualifier)
    _check_places(file.places, file.actors)


def _refuse_if(wrong: object, message: str) -> None:
    if wrong:
        raise TaxonomyError(message)


def _check_doubles(file: TaxonomyFile) -> None:
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


def _check_menus(file: TaxonomyFile) -> None:
    """Every code a reporter may set is in the menu of its group, and nothing else is."""
    for group in file.groups:
        menu = f"menu of {group.code}"
        _check_once(menu, group.menu)
        offered = [v.code for v in file.violations if v.group == group.code and _is_offered(v)]
        for code in group.menu:
            _refuse_if(
                code not in offered, f"{menu}: {code} is not a reporter's code in use of this group; take it out."
            )
        for code in offered:
            _refuse_if(code not in group.menu, f"{menu}: {code} is missing; no one could pick it.")
    pickable = {violation.code for violation in file.violations if _is_offered(violation)}
    for code in file.first_screen:
        _refuse_if(code not in pickable, f"first_screen: {code} is not a reporter's code in use; take it out.")


def _is_offered(violation: Violation) -> bool:
    return violation.set_by == "reporter" and violation.retired_on is None


def _check_windows(qualifier: Qualifier) -> None:
    for window in qualifier.windows:
        reversed_ = window.until is not None and window.until < window.start
        _refuse_if(reversed_, f"qualifiers {qualifier.code}: a window ends before it begins.")


def _check_places(places: Places, actors: Iterable[Actor]) -> None:
    for state in places.states:
        _refuse_if(state[:2] not in places.countries, f"states: {state} is in no country of the list.")
    for state in places.first_screen:
        _refuse_if(state not in places.states, f"first_screen of places: {state} is not among the states.")
    for actor in actors:
        unlisted = actor.country is not None and actor.country not in places.countries
        _refuse_if(unlisted, f"actors {actor.code}: {actor.country} is not among the countries.")
        _refuse_if(actor.state and actor.country is None, f"actors {actor.code}: a state actor needs its country.")
