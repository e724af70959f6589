# SPDX-License-Identifier: Apache-2.0
"""`amparo triage`, `taxonomy`, `questionnaire`, `translations`: the domain from a terminal, nothing stored."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from intake.catalog import Catalogs
    from intake.facts import Facts
    from intake.questions import Questionnaire

LIMIT = 1 << 20  # bytes of facts; a full set is under 1 KiB
BAD_INPUT = 2


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    grade = commands.add_parser("triage", help="grade facts: a JSON object on standard input, class and reasons out")
    grade.set_defaults(run=run_triage)
    codes = commands.add_parser("taxonomy", help="list the codes a report may carry")
    codes.add_argument("--json", action="store_true", help="everything, as JSON")
    codes.set_defaults(run=run_taxonomy)
    questions = commands.add_parser("questionnaire", help="check the questionnaire, or print it")
    questions.add_argument("action", nargs="?", choices=["check", "xlsform"], default="check")
    questions.add_argument("file", nargs="?", default="", help="xlsform: the .xlsx file to write, for ODK and Kobo")
    questions.add_argument("--organisation", default="", help="xlsform: who asks, as the consent text names it")
    questions.add_argument("--json", action="store_true", help="everything, as JSON")
    questions.set_defaults(run=run_questionnaire)
    texts = commands.add_parser("translations", help="check, update or review the texts of all languages")
    texts.add_argument("action", nargs="?", choices=["check", "update", "review", "pseudo"], default="check")
    texts.add_argument("locale", nargs="?", help="one language; all of them when left out")
    texts.add_argument("--by", default="", help="review: the name of the person who has read the texts")
    texts.add_argument("--folder", default="", help="another folder of translations; pseudo: where to write")
    texts.set_defaults(run=run_translations)


def run_triage(_: argparse.Namespace) -> int:
    from intake.errors import FactsError
    from intake.triage import RULES_VERSION, triage

    try:
        result = triage(_read_facts(sys.stdin.buffer.read(LIMIT + 1)))
    except FactsError as error:
        return _complain(error)
    answer = {
        "priority": result.priority,
        "points": result.points,
        "reasons": [reason.rule for reason in result.reasons],
        "floors": {reason.rule: reason.floor for reason in result.reasons if reason.floor},
        "points_by_reason": {reason.rule: reason.points for reason in result.reasons},
        "not_known": list(result.not_known),
        "rules_version": RULES_VERSION,
    }
    print(json.dumps(answer, indent=2))
    return 0


def run_taxonomy(args: argparse.Namespace) -> int:
    from intake.taxonomy import load

    taxonomy = load()
    if args.json:
        print(json.dumps(taxonomy.to_mapping(), indent=2))
        return 0
    print(f"taxonomy {taxonomy.version}, {len(taxonomy.violations)} codes; articles are {taxonomy.articles_status}")
    for violation in taxonomy.violations.values():
        marks = "memo " * violation.memo + "caseworker " * (violation.set_by == "caseworker")
        codes = " ".join(violation.huridocs) or "-"
        print(f"{violation.code:32}{violation.group:16}{codes:46}{marks}".rstrip())
    return 0


def _complain(error: Exception) -> int:
    print(f"amparo: {error}", file=sys.stderr)
    return BAD_INPUT


def _read_facts(raw: bytes) -> Facts:
    from intake.errors import FactsError
    from intake.facts import Facts

    if len(raw) > LIMIT:
        raise FactsError("Facts are one JSON object of at most 1 MiB on standard input.")
    if not raw.strip():
        raise FactsError("Nothing came on standard input: give one JSON object, {} when nothing is known.")
    try:
        given = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        # ValueError: not UTF-8, not JSON, or a number of thousands of digits. Only the place is said: the text of the
        # error may repeat the input.
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        example = '{"danger": "now"}'
        raise FactsError(f"Standard input is not JSON in UTF-8{place}: give one object such as {example}.") from error
    if isinstance(given, Mapping) and given.keys() == {"facts"}:
        given = given["facts"]
    return Facts.from_mapping(given)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    from intake.errors import FactsError
    from intake.facts import spoken

    seen: dict[str, object] = {}
    for key, value in pairs:
        if key in seen:
            raise FactsError(f"{spoken(key)} stands there twice: give each fact once.")
        seen[key] = value
    return seen


def run_questionnaire(args: argparse.Namespace) -> int:
    from intake.catalog import load_catalogs
    from intake.errors import IntakeError
    from intake.questionnaire import load
    from intake.screens import check_texts

    try:
        questionnaire = load()
        catalogs = load_catalogs()
        check_texts(questionnaire, catalogs)
        if args.action == "xlsform":
            return _write_form(questionnaire, catalogs, args)
    except IntakeError as error:
        return _complain(error)
    if args.json:
        whole = {
            "version": questionnaire.version,
            "taxonomy_version": questionnaire.taxonomy.version,
            "paths": _plain(questionnaire.paths),
            "questions": _plain(list(questionnaire.questions.values())),
        }
        print(json.dumps(whole, indent=2))
    else:
        print(f"questionnaire {questionnaire.version}: {len(questionnaire.questions)} questions, no contradictions")
        print(f"no text missing or too long in {', '.join(catalogs.locales)}")
    return 0


def _write_form(questionnaire: Questionnaire, catalogs: Catalogs, args: argparse.Namespace) -> int:
    import pathlib

    from intake import spreadsheet, xlsform
    from intake.errors import FormError

    if not args.file or not args.organisation:
        raise FormError('Say where to and who asks: amparo questionnaire xlsform OUT.xlsx --organisation "NAME".')
    sheets = xlsform.sheets(questionnaire, catalogs, organisation=args.organisation)
    spreadsheet.write(pathlib.Path(args.file), sheets)
    fields = len(sheets["survey"].rows)
    print(f"{args.file}: {questionnaire.version}, {fields} rows, in {', '.join(catalogs.locales)}")
    return 0


def _plain(value: object) -> object:
    """Turn the questionnaire's nested records and sets into what JSON holds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    if _is_table(value):
        return {name: _plain(answers) for name, answers in value}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _is_table(value: object) -> TypeGuard[tuple[tuple[str, frozenset[str]], ...]]:
    """Tell a condition, pairs of a question and its answers, which the file writes as a table, from other tuples."""
    if not isinstance(value, tuple) or not value:
        return False
    return all(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], frozenset) for pair in value)


def run_translations(args: argparse.Namespace) -> int:
    """Exit status 1 while a language is not complete."""
    import datetime as dt
    import pathlib

    from intake import pseudo, translating
    from intake.catalog import Catalogs
    from intake.errors import CatalogError

    own = pathlib.Path(__file__).parents[1] / "translations"
    folder = pathlib.Path(args.folder) if args.folder and args.action != "pseudo" else own
    try:
        if args.action == "pseudo":
            pseudo.write(own, pathlib.Path(args.folder or "var/pseudo"))
            return 0
        locales = [args.locale] if args.locale else list(Catalogs(folder).locales)
        if args.action == "review":
            translating.review(folder, args.locale or "", by=args.by, day=dt.datetime.now(dt.UTC).date())
            return 0
        if args.action == "update":
            for locale in locales:
                left = 0 if locale == translating.SOURCE else translating.update(folder, locale)
                print(f"{locale}: {left} to translate")
        found = [fault for locale in locales for fault in translating.faults(folder, locale)]
    except CatalogError as error:
        return _complain(error)
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(locales)} languages, {len(found)} faults")
    return 1 if found else 0
