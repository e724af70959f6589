# SPDX-License-Identifier: Apache-2.0
"""`amparo db upgrade` and `amparo db check`: the tables of both stores."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import MetaData


STORES = ("desk", "phone")
OWNERS = {"desk": "api", "phone": "bot"}  # whose secrets under AMPARO_HOME may name the store's address
RUN_SECRETS = Path("/run/secrets")  # where Compose and Kubernetes put secret files


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this package's commands."""
    database = commands.add_parser("db", help="bring the tables of the two stores up to date, or check them")
    actions = database.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, words in (
        ("upgrade", upgrade, "make or change the tables; stop the bot and the API first"),
        ("check", check, "say whether the tables are those this version expects; changes nothing"),
    ):
        action = actions.add_parser(name, help=words, description=words.capitalize() + ".")
        action.add_argument(
            "--store", choices=[*STORES, "all"], default="all", help="one of the two, or both (default)"
        )
        action.set_defaults(run=run)


def upgrade(args: argparse.Namespace) -> int:
    """Run every migration that is missing."""
    from storage import migrate

    return _each(args.store, lambda url, metadata: f"is at revision {migrate.upgrade(url, metadata)}")


def check(args: argparse.Namespace) -> int:
    """Compare revision and tables; exit status 1 where a store is not as expected."""
    from storage import migrate
    from storage.errors import SchemaError

    def compare(url: str, metadata: "MetaData") -> str:
        found = migrate.differences(url, metadata)
        if found:
            raise SchemaError(f"the tables are not as expected ({'; '.join(found)}); run `amparo db upgrade`")
        return "is as expected"

    return _each(args.store, compare)


def database_url(environ: Mapping[str, str], metadata: "MetaData") -> str:
    """Find a store's address: the environment, a secret file, $AMPARO_HOME/config.env, else a SQLite file there."""
    from storage.database import default_url

    home = Path(environ.get("AMPARO_HOME") or "var")
    store = metadata.info["store"]
    name = f"AMPARO_{store.upper()}_DATABASE_URL"
    folders = (RUN_SECRETS, home / "secrets" / OWNERS[store])
    secret = next(
        (file.read_text("utf-8").strip() for file in (f / name.lower() for f in folders) if file.is_file()), ""
    )
    return environ.get(name) or secret or _config(home / "config.env").get(name) or default_url(home, metadata)


def _each(chosen: str, act: Callable[[str, "MetaData"], str]) -> int:
    from storage.desk import tables as desk
    from storage.errors import StorageError
    from storage.phone import tables as phone

    status = 0
    for metadata in (desk.metadata, phone.metadata):
        if chosen not in {"all", metadata.info["store"]}:
            continue
        try:
            print(f"{metadata.info['store']} store: {act(database_url(os.environ, metadata), metadata)}")
        except StorageError as error:
            print(f"{metadata.info['store']} store: {error}", file=sys.stderr)
            status = 1
    return status


def _config(path: Path) -> dict[str, str]:
    """Read KEY=VALUE lines; a # begins a comment line, and quotes around a value are taken off."""
    if not path.exists():
        return {}
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}
