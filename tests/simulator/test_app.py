# SPDX-License-Identifier: Apache-2.0
"""Serving: a port that is taken, an end that leaves nothing open."""

import aiohttp
import pytest

from simulator.app import build, serve
from simulator.errors import SimulatorError
from simulator.simulation import Rules


async def test_a_port_that_is_taken_says_what_to_do():
    async with serve(build("1:a", Rules()), "127.0.0.1", 0) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(SimulatorError, match="choose another --port"):
            async with serve(build("1:a", Rules()), "127.0.0.1", port):
                pass


async def test_open_polls_and_streams_do_not_hold_up_the_end():
    async with aiohttp.ClientSession() as web:
        async with serve(build("1:a", Rules()), "127.0.0.1", 0) as url:
            stream = await web.get(f"{url}/control/events")
        with pytest.raises(aiohttp.ClientError):
            await web.get(f"{url}/bot1:a/getMe")
        stream.close()
