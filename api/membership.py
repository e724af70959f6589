# SPDX-License-Identifier: Apache-2.0
"""Who belongs to the desk: adding an account, admitting it to a team, ending its access.

Admission needs somebody who holds the team's key and whom the manifest names as coordinator: no database row makes
a member.
"""

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import clock as time
from api.auth import Doorkeeper, check_member, open_own_key
from api.ceremony import Account, new_account, new_member
from api.errors import CeremonyError, ForbiddenError, MissingError
from api.wiring import Wiring
from envelope import login
from envelope.binding import kid_public
from envelope.wrap import TeamKey
from storage.desk import audit, caseworkers, keyring, sessions
from storage.desk.audit import Action, Leaf
from storage.desk.caseworkers import Caseworker

_NOT_COORDINATOR = "Only a coordinator whom the signed manifest names can admit people, into a team of their own."


async def add(wiring: Wiring, name: str, role: str, *, by: bytes = audit.NOBODY) -> Account:
    """Make an account with a generated passphrase; it opens nothing until a coordinator admits it."""
    settings = wiring.settings
    account = new_account(name, role, org=settings.org, pepper=settings.login_pepper.get_secret_value())
    leaf = Leaf(Action.CASEWORKER_ADDED, by, account.row.id, time.hour(wiring.clock))

    def unit(connection: Connection) -> None:
        caseworkers.insert_caseworker(connection, account.row)
        audit.append(connection, leaf)

    try:
        await wiring.store.write(unit)
    except IntegrityError as error:
        raise CeremonyError("This name is taken. Choose another one.") from error
    return account


async def admit(
    wiring: Wiring, door: Doorkeeper, coordinator: Caseworker, passphrase: str, user: bytes, *, source: str
) -> int:
    """Seal the coordinator's team keys to this caseworker and sign that they belong; returns how many teams.

    UnauthorizedError: not the coordinator's passphrase; ForbiddenError: not a coordinator; MissingError: no such user.
    """
    seed = await door.prove(coordinator, passphrase, source=source)
    signer = login.member_signer(seed, user=coordinator.id)
    manifest = (await wiring.manifests.current()).manifest
    if manifest.coordinators.get(coordinator.id) != signer.public:
        raise ForbiddenError(_NOT_COORDINATOR)
    found = await wiring.store.read(lambda connection: caseworkers.read_caseworker(connection, user))
    if found is None or found.revoked is not None:
        raise MissingError
    own = await wiring.store.read(lambda connection: keyring.memberships(connection, coordinator.id))
    org, hour = wiring.settings.org, time.hour(wiring.clock)
    keys: list[tuple[bytes, TeamKey]] = []
    for row in own:
        check_member(row, user_kid=kid_public(coordinator.public), manifest=manifest)
        keys.append((row.team, open_own_key(row, seed, org=org)))
    members = [new_member(found, team, key, org=org, coordinator=coordinator.id, signer=signer) for team, key in keys]

    def unit(connection: Connection) -> int:
        known = {(row.team, row.generation) for row in keyring.memberships(connection, user)}
        fresh = [member for member in members if (member.team, member.generation) not in known]
        for member in fresh:
            keyring.insert_member(connection, member)
            audit.append(connection, Leaf(Action.MEMBER_ADMITTED, coordinator.id, user, hour))
        return len(fresh)

    return await wiring.store.write(unit)


async def revoke(wiring: Wiring, name: str, *, by: bytes = audit.NOBODY) -> None:
    """End a caseworker's access: seals and sessions are deleted, the account stays so that the log can name it."""
    hour, day = time.hour(wiring.clock), time.day(wiring.clock)

    def unit(connection: Connection) -> None:
        found = caseworkers.find_caseworker(connection, name)
        if found is None:
            raise CeremonyError("There is no caseworker of this name. `amparo caseworker list` shows the names.")
        caseworkers.revoke_caseworker(connection, found.id, day=day)
        keyring.remove_member(connection, found.id)
        sessions.end_sessions_of(connection, found.id)
        audit.append(connection, Leaf(Action.CASEWORKER_REVOKED, by, found.id, hour))

    await wiring.store.write(unit)
