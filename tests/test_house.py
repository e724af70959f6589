# SPDX-License-Identifier: Apache-2.0
"""The house rules that no linter knows."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "bot", "envelope", "intake", "simulator", "storage")
# Folders that git ignores or that hold what others made.
FOREIGN = {".git", ".venv", "var", "vendor", "node_modules", "__pycache__"}
FOREIGN |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", ".grimp_cache"}
SPDX = "SPDX-License-Identifier: Apache-2.0"
# What can carry a comment in its first lines, and so must name the licence. Data, prose and templates need not.
CODE = {".py", ".js", ".css", ".mako", ".sh", ".toml", ".yml", ".yaml"}


def files(*suffixes: str) -> Iterator[Path]:
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in FOREIGN and not name.endswith(".egg-info")]
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() and (not suffixes or path.suffix in suffixes):
                yield path


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in files(".py"):
        yield relative(path), ast.parse(path.read_text(encoding="utf-8"))


def test_every_file_of_code_names_its_licence():
    def names_it(path: Path) -> bool:
        return any(SPDX in line for line in path.read_text(encoding="utf-8").splitlines()[:3])

    config = {"pyproject.toml", "docker-compose.yml"}
    silent = [relative(path) for path in files(*CODE) if relative(path) not in config and not names_it(path)]
    assert silent == []


def test_every_python_file_begins_with_licence_and_purpose():
    for path in files(".py"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {SPDX}\n"), relative(path)
    without = [name for name, tree in modules() if not ast.get_docstring(tree)]
    assert without == []


def test_tests_and_translations_are_no_packages():
    assert [
        relative(path) for folder in ("tests", "translations") for path in (ROOT / folder).rglob("__init__.py")
    ] == []


# Written in pieces, so that this file does not name what it forbids.
HOSTS = ["py" + "pi.org", "files.python" + "hosted.org", "registry.npm" + "js.org", "registry.yarn" + "pkg.com"]
HOSTS += ["proxy.golang" + ".org", "static.crates" + ".io", "index.crates" + ".io", "deb.debian" + ".org"]
PLACES = [rf"(?<![\w}}])/{top}/\w" for top in ("wo" + "rk", "ro" + "ot", "ho" + "me")]
PLACES += [r"/tmp/am" + r"paro\b", r"\.\./sha" + "red", r"C:\\" + "Users"]
FORBIDDEN = re.compile("|".join([*map(re.escape, HOSTS), *PLACES]))


def test_no_file_names_a_package_registry_or_a_place_on_one_machine():
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            text = path.read_bytes().decode("latin-1")
        found += [f"{relative(path)}: {match[0]}" for match in FORBIDDEN.finditer(text)]
    assert found == []


def locked(path: Path) -> dict[str, list[str]]:
    """Read a lock: the distribution's name in lower case with dashes -> its hashes."""
    pins: dict[str, list[str]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if pinned := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==\S+", line):
            name = re.sub(r"[-_.]+", "-", pinned[1]).lower()
            pins[name] = []
        elif hashed := re.match(r"\s+--hash=sha256:([0-9a-f]{64})", line):
            pins[name].append(hashed[1])
    return pins


def named(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_the_locks_hold_every_requirement_with_hashes_and_no_address():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {named(one) for one in project["project"]["dependencies"]}
    for extra in project["project"]["optional-dependencies"].values():
        needed |= {named(one) for one in extra}
    needed |= {named(one) for one in project["build-system"]["requires"]}
    of_tests = {named(one) for group in project["dependency-groups"].values() for one in group}
    product, everything = locked(ROOT / "requirements.lock"), locked(ROOT / "requirements-dev.lock")
    assert needed <= product.keys()
    assert needed | of_tests <= everything.keys()
    assert product.keys() <= everything.keys()
    assert all(hashes for pins in (product, everything) for hashes in pins.values())
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|^-|index-url|find-links", text, re.MULTILINE), name


HEAVY = ["telegram", "fastapi", "starlette", "sqlalchemy", "cryptography", "alembic", "aiohttp", "jinja2", "pydantic"]


@pytest.mark.parametrize("words", [["--help"], ["db", "--help"], ["--version"]])
def test_the_command_says_what_it_can_without_importing_anything_heavy(words):
    script = (
        f"import sys, cli\ntry:\n    cli.main({words!r})\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print(sorted(set({HEAVY!r}) & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_root_command_stays_a_list_of_the_packages_commands():
    tree = ast.parse((ROOT / "cli.py").read_text(encoding="utf-8"))
    hung_up = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.names[0].name == "cli"
    }
    assert hung_up == set(PACKAGES)
    assert len((ROOT / "cli.py").read_text(encoding="utf-8").splitlines()) < 60


def test_nothing_is_imported_by_a_name_made_at_run_time():
    """The import contracts cannot see such an import, so there is none in the product."""
    found = []
    for name, tree in modules():
        if name.startswith("tests/"):
            continue
        for node in ast.walk(tree):
            called = getattr(node, "attr", None) or getattr(node, "id", None)
            if called in {
                "import_module",
                "__import__",
                "exec",
                "eval",
                "run_module",
                "run_path",
                "spec_from_file_location",
            }:
                found.append(f"{name}:{node.lineno} {called}")
    assert found == []


LOGS = {"debug", "info", "warning", "error", "critical", "exception"}


def test_every_log_message_is_a_sentence_in_the_source():
    """oplog prints a message as it stands: it must be a literal, alone, from a logger named after its package."""
    found = []
    for name, tree in modules():
        if name.startswith(("tests/", "bench/")) or name == "oplog.py":
            continue
        # A library's logger may be named in order to be quietened.
        quietened = {
            id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "setLevel"
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            receiver = node.func.value
            of_log = isinstance(receiver, ast.Name) and receiver.id in {"log", "logger"}
            if of_log and node.func.attr in LOGS:
                literal = len(node.args) == 1 and isinstance(node.args[0], ast.Constant)
                if not literal or {keyword.arg for keyword in node.keywords} - {"extra", "exc_info"}:
                    found.append(f"{name}:{node.lineno}")
            if node.func.attr == "getLogger" and id(node) not in quietened:
                package = name.partition("/")[0]
                given = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
                if package in PACKAGES and given != f"amparo.{package}":
                    found.append(f"{name}:{node.lineno} names its logger {given!r}")
    assert found == []


def test_nobody_prints_but_the_commands():
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if name.partition("/")[0] in PACKAGES and not name.endswith("cli.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "input"}
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_error_ends_in_error_and_stands_in_the_packages_errors(package):
    wrong = []
    for name, tree in modules():
        if not name.startswith(f"{package}/"):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            bases = {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
            if any(re.search(r"(Error|Exception)$", base) for base in bases):
                if not node.name.endswith("Error"):
                    wrong.append(f"{name}:{node.lineno} {node.name}")
                elif name != f"{package}/errors.py":
                    wrong.append(f"{name}:{node.lineno} {node.name} belongs in {package}/errors.py")
    assert wrong == []


EMPTY_WORDS = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services", "common", "core"}


def test_no_file_or_folder_has_a_name_that_says_nothing():
    empty = EMPTY_WORDS | {"base", "misc", "crud", "models", "lib"}
    found = [relative(path) for path in files(".py") if empty & {path.stem, *Path(relative(path)).parts[:-1]}]
    assert found == []
