# SPDX-License-Identifier: Apache-2.0
"""Ids in addresses. One that is no id is answered like one that is not there: 404."""

from typing import Annotated

from fastapi import Depends

from api.errors import MissingError


def from_hex(text: str) -> bytes:
    """16 bytes from lower-case hex; MissingError for any other text."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raise MissingError from None
    if len(raw) != 16 or raw.hex() != text:
        raise MissingError
    return raw


async def _case(case: str) -> bytes:
    return from_hex(case)


async def _attachment(attachment: str) -> bytes:
    return from_hex(attachment)


async def _caseworker(caseworker: str) -> bytes:
    return from_hex(caseworker)


CaseId = Annotated[bytes, Depends(_case)]
AttachmentId = Annotated[bytes, Depends(_attachment)]
CaseworkerId = Annotated[bytes, Depends(_caseworker)]
