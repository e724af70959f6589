# SPDX-License-Identifier: Apache-2.0
"""The desk's commands: key ceremony, people, teams, audit, export, and the server itself."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.wiring import Wiring


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this package's commands."""
    _register_init(commands)
    _register_people(commands)
    api = _group(commands, "api", "the desk's server")
    run = api.add_parser("run", help="serve the desk")
    run.add_argument("--host", help="address to listen on (AMPARO_API_HOST)")
    run.add_argument("--port", type=int, help="port to listen on (AMPARO_API_PORT)")
    run.set_defaults(run=run_api)
    log = _group(commands, "audit", "the audit log")
    log.add_parser("verify", help="build the log's tree again and compare").set_defaults(run=run_audit_verify)
    proof = log.add_parser("proof", help="check a proof that a report was registered; needs no desk")
    proof.add_argument("file", metavar="FILE", help="the proof, as the bot sends it")
    proof.add_argument("--manifest", required=True, metavar="FILE", help="the organisation's signed manifest")
    proof.add_argument("--fingerprint", required=True, metavar="HEX", help="as the organisation printed it")
    proof.set_defaults(run=run_audit_proof)
    report = _group(commands, "report", "sealed reports")
    export = report.add_parser("export", help="write a sealed report as a file that `amparo unseal` reads")
    export.add_argument("id", metavar="ID", help="the report's id, 32 hex digits")
    export.set_defaults(run=run_export)


def _group(commands: Any, name: str, words: str) -> Any:  # noqa: ANN401 - argparse has no public name for it
    group = commands.add_parser(name, help=words)
    return group.add_subparsers(title="actions", metavar="ACTION", required=True)


def _register_init(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    init = commands.add_parser("init", help="hold the key ceremony: make every first key, once")
    init.add_argument("--organisation", required=True, metavar="NAME")
    init.add_argument("--coordinator", required=True, metavar="NAME", help="who logs in first and admits the others")
    init.add_argument("--team", default="desk", metavar="NAME")
    init.add_argument("--bot-token", metavar="T", help="Telegram's token, to be kept among the bot's secrets")
    init.add_argument("--json", action="store_true", help="for scripts: one line of JSON")
    init.set_defaults(run=run_init)


def _register_people(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    people = _group(commands, "caseworker", "who belongs to the desk (stop the server first where it runs on SQLite)")
    add = people.add_parser("add", help="make an account; it opens nothing until it is admitted")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", default="caseworker")
    add.add_argument("--json", action="store_true", help="for scripts: one line of JSON")
    add.set_defaults(run=run_add)
    admit = people.add_parser("admit", help="give an account the team's key; asks the coordinator's passphrase")
    admit.add_argument("name", metavar="NAME")
    admit.add_argument("--by", required=True, metavar="COORDINATOR")
    admit.set_defaults(run=run_admit)
    revoke = people.add_parser("revoke", help="end an account's access")
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(run=run_revoke)
    people.add_parser("list", help="accounts, roles, and who is admitted").set_defaults(run=run_people)
    _group(commands, "team", "teams").add_parser("list", help="teams and members").set_defaults(run=run_teams)


def run_init(args: argparse.Namespace) -> int:
    """Hold the ceremony and show, once, what is kept nowhere."""
    return asyncio.run(_init(args))


async def _init(args: argparse.Namespace) -> int:
    import time

    from api import ceremony
    from api.settings import Place
    from storage.database import Store
    from storage.desk.tables import metadata

    place = Place()
    store = Store(place.database_url, metadata=metadata)
    await store.open()
    try:
        day = int(time.time()) // 86_400
        founding = ceremony.Founding(args.organisation, args.coordinator, args.team, day=day)
        shown = await ceremony.carry_out(founding, store, place.home, bot_token=args.bot_token)
    finally:
        await store.close()
    if args.json:
        print(json.dumps(shown._asdict()))
        return 0
    print(
        f"The desk of {args.organisation} is founded. What follows is shown this once and kept nowhere.\n\n"
        f"Recovery identity (on paper, in two places; it opens every report):\n  {shown.recovery_identity}\n\n"
        f"Passphrase of {shown.coordinator}:\n  {shown.passphrase}\n\n"
        f"Fingerprint of the organisation (print it, show it):\n  {shown.fingerprint}\n\n"
        f"Move {place.home / 'offline' / 'organisation-key.txt'} to a medium that is kept offline."
    )
    return 0


def run_api(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    import uvicorn

    from api.app import create_app
    from api.settings import Settings

    settings = Settings.load()
    config = uvicorn.Config(
        create_app(settings),
        host=args.host or settings.api_host,
        port=settings.api_port if args.port is None else args.port,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=32 * 1024,
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


def run_add(args: argparse.Namespace) -> int:
    """Make an account and show its passphrase once."""

    async def act(wiring: "Wiring") -> int:
        from api import membership

        account = await membership.add(wiring, args.name, args.role)
        found = {"id": account.row.id.hex(), "name": account.row.name, "passphrase": account.passphrase}
        print(
            json.dumps(found) if args.json else f"Passphrase of {account.row.name}, shown once:\n  {account.passphrase}"
        )
        return 0

    return _on_desk(act)


def run_admit(args: argparse.Namespace) -> int:
    """Admit an account to the coordinator's teams."""
    asks = "Passphrase of the coordinator (not shown): "
    passphrase = getpass.getpass(asks) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

    async def act(wiring: "Wiring") -> int:
        from api import membership
        from api.auth import Doorkeeper
        from api.errors import CeremonyError
        from storage.desk.caseworkers import find_caseworker

        coordinator = await wiring.store.read(lambda connection: find_caseworker(connection, args.by))
        newcomer = await wiring.store.read(lambda connection: find_caseworker(connection, args.name))
        if coordinator is None or newcomer is None:
            raise CeremonyError("There is no caseworker of this name. `amparo caseworker list` shows the names.")
        door = Doorkeeper(wiring)
        count = await membership.admit(wiring, door, coordinator, passphrase, newcomer.id, source="command line")
        print(f"{newcomer.name} is admitted to {count} more team(s).")
        return 0

    return _on_desk(act)


def run_revoke(args: argparse.Namespace) -> int:
    """End an account's access."""

    async def act(wiring: "Wiring") -> int:
        from api import membership

        await membership.revoke(wiring, args.name)
        print(f"The access of {args.name} has ended. What they opened or copied stays open to them.")
        return 0

    return _on_desk(act)


def run_people(_args: argparse.Namespace) -> int:
    """List accounts."""

    async def act(wiring: "Wiring") -> int:
        from storage.desk import caseworkers, keyring

        rows = await wiring.store.read(caseworkers.read_caseworkers)
        members = {row.user for row in await wiring.store.read(keyring.read_members)}
        for row in rows:
            state = "ended" if row.revoked is not None else "admitted" if row.id in members else "not admitted yet"
            print(f"{row.id.hex()}  {row.name}  {row.role}  {state}")
        return 0

    return _on_desk(act)


def run_teams(_args: argparse.Namespace) -> int:
    """List teams."""

    async def act(wiring: "Wiring") -> int:
        from storage.desk import keyring

        members = await wiring.store.read(keyring.read_members)
        for team in await wiring.store.read(keyring.read_teams):
            users = {row.user for row in members if row.team == team.id}
            print(f"{team.id.hex()}  {team.name}  generation {team.generation}  {len(users)} member(s)")
        return 0

    return _on_desk(act)


def run_audit_verify(_args: argparse.Namespace) -> int:
    """Say whether the log is whole; exit status 1 when it is not."""

    async def act(wiring: "Wiring") -> int:
        from storage.desk import audit

        verdict = await wiring.store.read(audit.verify)
        if verdict.fault:
            print(f"amparo audit verify: {verdict.fault}", file=sys.stderr)
            return 1
        print(f"The log is whole: {verdict.size} entries, root {verdict.root.hex()}.")
        return 0

    return _on_desk(act)


def run_audit_proof(args: argparse.Namespace) -> int:
    """Say what a proof proves; exit status 1 when it proves nothing."""
    from api.proofs import check_proof

    found = check_proof(args.file, args.manifest, args.fingerprint)
    if found is None:
        print(
            "amparo audit proof: This proves nothing here: it was changed, or another organisation signed it. Compare "
            "the fingerprint, and ask for a new proof.",
            file=sys.stderr,
        )
        return 1
    print(f"On {found.day}, a report was registered in {found.origin}. Entry {found.number}: {found.report}.")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Print a sealed report as JSON; nothing is opened."""

    async def act(wiring: "Wiring") -> int:
        from api.export import sealed_file

        print(await sealed_file(wiring, args.id))
        return 0

    return _on_desk(act)


def _on_desk(act: "Callable[[Wiring], Awaitable[int]]") -> int:
    """Run something on the opened store of the settings found here."""

    async def run() -> int:
        import time

        from api.manifests import Manifests
        from api.settings import Settings
        from api.wiring import Wiring
        from storage.blobs import Folder
        from storage.database import Store
        from storage.desk.tables import metadata

        settings = Settings.load()
        store = Store(settings.database_url, metadata=metadata)
        await store.open()
        try:
            manifests = Manifests(store, time.time, org=settings.org, fingerprint=settings.org_fingerprint)
            return await act(Wiring(settings, store, Folder(settings.blob_folder), time.time, manifests))
        finally:
            await store.close()

    return asyncio.run(run())
