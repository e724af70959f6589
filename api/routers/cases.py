# SPDX-License-Identifier: Apache-2.0
"""The queue and the cases, for caseworkers and coordinators."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import iterate_in_threadpool

from api import casefile, queue
from api.auth import Seat, seated
from api.downloads import open_download
from api.errors import ForbiddenError, InvalidError, StaleError, UnconditionalError
from api.openapi import DESK_PROBLEMS
from api.routers.ids import AttachmentId, CaseId
from api.vault import Vault
from api.wiring import Wiring, wired
from storage.desk.cases import NOTE, REPLY_SENT, CaseRow

