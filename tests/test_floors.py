# SPDX-License-Identifier: Apache-2.0
"""The import contracts bite: each forbidden import is planted in a copy of the tree and must break its contract.

What they cannot see is an import by a name made at run time (test_house.py forbids it). They keep honest code honest;
what keeps a report shut is that a process does not hold its key.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "bot", "envelope", "intake", "simulator", "storage")

# Contract id(s) that must break -> (file, line). The ids are those of pyproject.toml.
PLANTED: list[tuple[set[str], str, str]] = [
    ({"one-opener"}, "api/console/pages.py", "import envelope.unseal"),
    ({"one-opener"}, "api/queue.py", "from envelope.unseal import open_body"),
    ({"one-opener"}, "api/app.py", "def late():\n    from envelope import unseal"),
    ({"one-opener", "bot-write-only"}, "envelope/locker.py", "from envelope.unseal import open_body"),
    ({"one-opener", "bot-write-only"}, "storage/desk/cases.py", "from envelope import unseal"),
    ({"bot-write-only"}, "bot/handlers.py", "from envelope.wrap import TeamKey"),
    ({"bot-write-only"}, "bot/sender.py", "import envelope.login"),
    ({"bot-write-only"}, "intake/flow.py", "import envelope.recovery"),
    ({"bot-write-only"}, "bot/delivery.py", "import envelope.cli"),  # two steps away from unseal
    ({"blind-door"}, "api/routers/submissions.py", "from api import vault"),
    ({"blind-door"}, "api/auth.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import api.vault"),
    ({"blind-door"}, "api/wiring.py", "import api.vault"),  # the door reaches it through its wiring
    ({"bot-sees-no-desk"}, "bot/handlers.py", "from storage.desk import cases"),
    ({"bot-sees-no-desk"}, "bot/sender.py", "import storage.cli"),
    ({"api-sees-no-phone"}, "api/routers/cases.py", "import storage.phone.outbox"),
    ({"api-sees-no-phone"}, "api/app.py", "import storage.cli"),
    ({"api-sees-no-phone"}, "api/auth.py", "from envelope.locker import Locker"),
    ({"two-stores", "api-sees-no-phone"}, "storage/desk/reports.py", "from storage.phone.drafts import drafts"),
    ({"two-stores", "bot-sees-no-desk"}, "storage/phone/outbox.py", "from storage.desk import reports"),
    ({"two-stores", "bot-sees-no-desk"}, "storage/database.py", "import storage.desk.schema"),
    ({"two-stores"}, "storage/newtable.py", "metadata = None"),  # outside both folders
    ({"pure", "one-telegram"}, "intake/flow.py", "import telegram"),
    ({"pure"}, "envelope/seal.py", "from sqlalchemy import MetaData"),
    ({"pure"}, "intake/report.py", "import aiohttp"),
    ({"one-telegram"}, "api/routers/health.py", "from telegram import Bot"),
    ({"one-crypto"}, "storage/phone/spool.py", "from cryptography.fernet import Fernet"),
    ({"one-crypto"}, "api/cursors.py", "from cryptography.hazmat.primitives import hmac"),
    ({"one-decoder"}, "bot/attachments.py", "from PIL import Image"),
    ({"one-decoder"}, "bot/scrubbing.py", "from bot import scrubber"),
    ({"floors"}, "intake/report.py", "from envelope.seal import seal_report"),
    ({"floors"}, "envelope/receipt.py", "import intake.errors"),
    ({"floors"}, "bot/jobs.py", "def late():\n    import api.errors"),
    ({"floors"}, "storage/blobs.py", "from bot import errors"),
    ({"acyclic"}, "intake/taxonomy.py", "import intake.flow"),
    ({"double-stands-alone"}, "simulator/world.py", "from intake import events"),
    ({"double-stands-alone", "one-telegram"}, "simulator/shapes.py", "import telegram"),
    ({"command-on-top"}, "bot/handlers.py", "import cli"),
]
# Breaking these besides is a matter of course: a planted import often closes a circle or climbs a floor as well.
BESIDES = {"acyclic", "floors"}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> list[set[str]]:
    """Break the copy in every way, in one process; first of all, not at all."""
    copy = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name in ("cli.py", "oplog.py", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "floors.py")],
        input=json.dumps([[place, line] for _, place, line in PLANTED]),
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [set(ids) for ids in json.loads((copy / "broken.json").read_text(encoding="utf-8"))]


def test_the_tree_as_it_is_keeps_every_contract(results):
    assert results[0] == set()


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=[f"{place}: {line}" for _, place, line in PLANTED])
def test_a_forbidden_import_breaks_its_contract(results, number):
    expected, place, _ = PLANTED[number]
    if "newtable" not in place:
        assert (ROOT / place).exists(), "this file is gone: plant the line in another one"
    assert expected <= results[number + 1]
    assert results[number + 1] - expected <= BESIDES


def test_every_contract_has_been_broken_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ids = {contract["id"] for contract in project["tool"]["importlinter"]["contracts"]}
    assert set().union(*(expected for expected, _, _ in PLANTED)) == ids
