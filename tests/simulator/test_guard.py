# SPDX-License-Identifier: Apache-2.0
"""A page somewhere on the web cannot drive the simulator through a browser on this machine."""

import pytest

CONTROL = ["/control/state", "/control/events", "/control/phones", "/control/calls"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", CONTROL)
async def test_foreign_pages_and_names_are_refused(simulator, headers, path):
    async with simulator.web.get(simulator.url + path, headers=headers) as answer:
        assert answer.status == 403
    async with simulator.web.post(f"{simulator.url}/control/clock", json={"advance": 60}, headers=headers) as answer:
        assert answer.status == 403
    assert (await simulator.get("/state"))["offset"] == 0


async def test_the_own_page_may(simulator):
    headers = {"Origin": simulator.url, "Sec-Fetch-Site": "same-origin"}
    async with simulator.web.post(f"{simulator.url}/control/clock", json={"advance": 60}, headers=headers) as answer:
        assert answer.status == 200


async def test_the_page_is_served_to_this_machine_only(simulator):
    async with simulator.web.get(f"{simulator.url}/", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
    async with simulator.web.get(f"{simulator.url}/", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b"", 400), (b"{}", 400)])
async def test_broken_control_requests_are_refused(simulator, body, status):
    async with simulator.web.post(f"{simulator.url}/control/phones", data=body) as answer:
        assert answer.status == status
        assert "error" in await answer.json()
