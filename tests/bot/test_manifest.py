# SPDX-License-Identifier: Apache-2.0
"""Only what the pinned organisation signed is believed, and never something older than was seen."""

import time

import pytest

from bot.desk import Desk
from bot.errors import DeskError, NoManifestError
from bot.manifest import Manifests
from envelope.errors import ManifestError
from envelope.signing import Signer
from tests.bot.conftest import INTAKE_TOKEN, DeskDouble, Organisation, listening

TODAY = int(time.time()) // 86400


@pytest.fixture
async def double(organisation):
    one = DeskDouble(organisation)
    async with listening(one.app()) as one.url:
        yield one


@pytest.fixture
async def make(double, organisation, tmp_path):
    desk = Desk(double.url, token=INTAKE_TOKEN)
    await desk.open()

    def made(**changes):
        fields = {
            "cache": tmp_path / "manifest.txt",
            "fingerprint": organisation.key.fingerprint,
            "org": organisation.id,
            "team": organisation.team,
            "submitter": Signer(organisation.submitter_seed),
        }
        return Manifests(desk, **fields | changes)

    yield made
    await desk.close()


async def test_a_good_one_is_taken_and_kept_for_the_next_start(make, organisation, double):
    manifests = make()
    with pytest.raises(NoManifestError):
        manifests.intake(TODAY)
    await manifests.refresh()
    assert manifests.intake(TODAY).team == organisation.team
    assert manifests.submitter_name() == "bot-1"
    double.note = None
    again = make()
    again.load()
    assert again.intake(TODAY) == manifests.intake(TODAY)
    with pytest.raises(DeskError):
        await again.refresh()
    assert again.intake(TODAY) == manifests.intake(TODAY)


async def test_another_signer_another_organisation_and_a_changed_text_are_refused(make, double, organisation):
    other = Organisation()
    manifests = make()
    for note in (other.manifest(), organisation.manifest().replace("serial 5", "serial 6"), "", "x" * 5000):
        double.note = note
        with pytest.raises(ManifestError):
            await manifests.refresh()
    with pytest.raises(NoManifestError):
        manifests.intake(TODAY)
    double.note = organisation.manifest()
    with pytest.raises(ManifestError):
        await make(org=b"x" * 16).refresh()


async def test_a_lower_serial_is_refused_also_across_a_restart(make, double, organisation):
    await make().refresh()
    organisation.serial = 4
    double.note = organisation.manifest()
    again = make()
    again.load()
    with pytest.raises(ManifestError):
        await again.refresh()
    assert again.current is not None
    assert again.current.serial == 5


async def test_a_spoilt_file_is_no_reason_not_to_start(make, tmp_path):
    (tmp_path / "manifest.txt").write_bytes(b"\xff\xfe spoilt")
    manifests = make()
    manifests.load()
    assert manifests.current is None
    await manifests.refresh()


async def test_a_key_out_of_date_is_used_for_a_month_and_then_no_more(make, double, organisation):
    double.note = organisation.manifest(days=(-60, -29))
    manifests = make()
    await manifests.refresh()
    assert manifests.intake(TODAY)
    with pytest.raises(NoManifestError):
        manifests.intake(TODAY + 2)


async def test_no_key_for_our_team_or_no_place_for_our_signature(make):
    manifests = make(team=b"u" * 16)
    await manifests.refresh()
    with pytest.raises(NoManifestError):
        manifests.intake(TODAY)
    manifests = make(submitter=Signer(b"z" * 32))
    await manifests.refresh()
    with pytest.raises(NoManifestError):
        manifests.submitter_name()
