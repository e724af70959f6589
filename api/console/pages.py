# SPDX-License-Identifier: Apache-2.0
"""The caseworkers' pages: log in, queue, case. Every action is a form that works without a script.

The session's token is in a cookie that only these pages read; a form counts when the browser says that it came from
here. What a reporter told reaches a page through autoescaped templates alone.
"""

import secrets
from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api import casefile, clock, queue
from api.answering import answer_case
from api.auth import LIFE, Doorkeeper, Seat, find_seat, write_token
from api.casefile import Change
from api.console.wording import Wording, counted
from api.downloads import Variant, open_download
from api.errors import ApiError, ForbiddenError, InvalidError, StaleError, UnauthorizedError
from api.routers.cases import LONGEST_ANSWER, Here, Opener, may_read
from api.routers.ids import AttachmentId, CaseId, from_hex
from api.routers.sessions import doorkeeper, source_of
from api.wiring import Wiring
from intake.catalog import Catalog, Catalogs
from intake.lifecycle import ClosingReason, Status
from intake.triage import PRIORITIES
from storage.desk.caseworkers import read_caseworkers
from storage.errors import ConflictError

COOKIE = "__Host-amparo"
LANGUAGE = "amparo-language"
SHOWN = ("es", "en")  # the console's own languages; a reporter's words stay in theirs
_YEAR = 365 * clock.DAY
_SAFE = ("GET", "HEAD")
_ERRORS = {403: "desk.error.forbidden", 404: "desk.error.missing", 423: "desk.error.locked"}


def environment() -> Environment:
    """The page templates: everything is escaped, and a name that is not given is an error."""
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def from_here(request: Request) -> None:
    """FastAPI dependency: refuse a form that another site sent; the browser says so in headers no page can set."""
    if request.method in _SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "")
    same = site == "same-origin" if site else urlsplit(origin).netloc == request.headers.get("host", "")
    if not same:
        raise ForbiddenError("This form was sent from another site.")


router = APIRouter(dependencies=[Depends(from_here)])


async def visitor(request: Request, wiring: Here) -> Seat:
    """FastAPI dependency: whoever the cookie's session belongs to, if their role reads cases."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise UnauthorizedError("Log in first.")
    return may_read(await find_seat(wiring, token))


Visitor = Annotated[Seat, Depends(visitor)]
Door = Annotated[Doorkeeper, Depends(doorkeeper)]


def language_of(request: Request) -> str:
    """The page's language: ?lang, else the cookie, else what the browser prefers, else Spanish."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    if asked in SHOWN:
        return asked
    preferred = [
        part.partition(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")
    ]
    return next((code for code in preferred if code in SHOWN), SHOWN[0])


def catalog_of(request: Request) -> Catalog:
    catalogs: Catalogs = request.app.state.catalogs
    return catalogs.get(language_of(request))


def wording_of(request: Request, wiring: Wiring, names: dict[bytes, str]) -> Wording:
    catalogs: Catalogs = request.app.state.catalogs
    languages = {locale: about["name"] for locale, about in catalogs.about.items()}
    return Wording(catalog_of(request), languages=languages, names=names, hour=clock.hour(wiring.clock))


def render(request: Request, template: str, seat: Seat | None, *, status_code: int = 200, **values: object) -> Response:
    """A page in the reader's language; `values` are what its template shows."""
    catalogs: Catalogs = request.app.state.catalogs
    catalog = catalog_of(request)
    page = request.app.state.pages.get_template(template).render(
        t=catalog.text,
        locale=catalog.locale,
        direction=catalog.direction,
        reviewed=catalog.reviewed,
        languages=[(code, catalogs.get(code).name) for code in SHOWN],
        who=seat.caseworker.name if seat else None,
        here=template.partition(".")[0],
        **values,
    )
    answer = HTMLResponse(page, status_code)
    if request.query_params.get("lang") in SHOWN:
        answer.set_cookie(LANGUAGE, catalog.locale, max_age=_YEAR, httponly=True, samesite="strict", path="/")
    return answer


def refusal(request: Request, status: int) -> Response | None:
    """A refusal as a page, for whoever is looking at pages; None for the API's callers."""
    path = request.scope["path"]
    if path.startswith(("/v1/", "/static/")) or path in {"/healthz", "/readyz"}:
        return None
    if status == HTTPStatus.UNAUTHORIZED and path != "/login":
        return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    words = catalog_of(request).text(_ERRORS.get(status, "desk.error.again"))
    return render(request, "error.html", None, status_code=status, words=words)


@router.get("/")
async def page_start(request: Request, wiring: Here) -> Response:
    try:
        await visitor(request, wiring)
    except ApiError:
        return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    return RedirectResponse("/queue", HTTPStatus.SEE_OTHER)


@router.get("/favicon.ico")
async def page_icon() -> Response:
    return RedirectResponse("/static/mark.svg", HTTPStatus.PERMANENT_REDIRECT)


@router.get("/login")
async def page_login(request: Request) -> Response:
    return render(request, "login.html", None, error=None)


@router.post("/login")
async def page_log_in(request: Request, wiring: Here, door: Door) -> Response:
    form = await request.form()
    name, passphrase = str(form.get("name", ""))[:64], str(form.get("passphrase", ""))[:256]
    try:
        issued = await door.log_in(name, passphrase, source=source_of(request, wiring.settings.trusted_proxy))
    except UnauthorizedError:
        return render(request, "login.html", None, status_code=HTTPStatus.UNAUTHORIZED, error="desk.login.failed")
    answer = RedirectResponse("/queue", HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE, write_token(issued.token), max_age=LIFE, secure=True, httponly=True, samesite="strict", path="/"
    )
    return answer


@router.post("/logout")
async def page_log_out(request: Request, wiring: Here, door: Door) -> Response:
    token = request.cookies.get(COOKIE, "")
    answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    try:
        await door.log_out(await find_seat(wiring, token))
    except UnauthorizedError:
        return answer  # it had ended already
    return answer


@router.get("/queue")
async def page_queue(request: Request, wiring: Here, vault: Opener, seat: Visitor) -> Response:
    given = {name: request.query_params.get(name) or None for name in queue.Asked._fields}
    asked = queue.Asked(**given)
    page = await queue.read_page(wiring, vault, seat, asked)
    words = wording_of(request, wiring, page.names)

    def link(**changed: str | None) -> str:
        chosen = {**asked._asdict(), "cursor": None, **changed}
        return "/queue?" + urlencode({name: value for name, value in chosen.items() if value})

    return render(
        request,
        "queue.html",
        seat,
        asked=asked,
        lines=[words.line(line) for line in page.lines],
        counts=[(name, counted(page.counts[number])) for number, name in enumerate(PRIORITIES, 1)],
        statuses=[status.value for status in Status if status is not Status.DRAFT],
        next=page.cursor,
        link=link,
    )


@router.get("/cases/{case}")
async def page_case(request: Request, case: CaseId, wiring: Here, vault: Opener, seat: Visitor) -> Response:
    saved = {"message": "desk.message.sent", "change": "desk.case.saved"}.get(request.query_params.get("saved", ""))
    return await _case_page(request, case, wiring, vault, seat, saved=saved)


async def _case_page(
    request: Request,
    case: bytes,
    wiring: Here,
    vault: Opener,
    seat: Seat,
    *,
    saved: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    found = await casefile.open_case(wiring, vault, seat, case)
    moments, names = await casefile.read_timeline(wiring, vault, seat, case, opened=True)
    people = [row for row in await wiring.store.read(read_caseworkers) if row.revoked is None]
    words = wording_of(request, wiring, names)
    return render(
        request,
        "case.html",
        seat,
        status_code=status,
        saved=saved,
        error=error,
        key=secrets.token_hex(16),
        people=[(row.id.hex(), row.name) for row in people],
        closing_reasons=[reason.value for reason in ClosingReason],
        timeline=words.moments(moments),
        **words.case(found),
    )


@router.post("/cases/{case}/messages")
async def page_answer(request: Request, case: CaseId, wiring: Here, vault: Opener, seat: Visitor) -> Response:
    form = await request.form()
    text = str(form.get("text", "")).replace("\r\n", "\n").strip()
    if not 0 < len(text) <= LONGEST_ANSWER:
        raise InvalidError("An answer has 1 to 4,000 characters.")
    await answer_case(wiring, vault, seat, case, text, key=str(form.get("key", ""))[:64])
    return RedirectResponse(f"/cases/{case.hex()}?saved=message", HTTPStatus.SEE_OTHER)


@router.post("/cases/{case}/change")
async def page_change(request: Request, case: CaseId, wiring: Here, vault: Opener, seat: Visitor) -> Response:
    form = await request.form()
    told = {name: str(form.get(name, "")) for name in ("version", "status", "assignee", "reason")}
    try:
        version = int(told["version"])
    except ValueError as error:
        raise InvalidError("The form is not whole.") from error
    assignee = from_hex(told["assignee"]) if told["assignee"] else b""
    change = Change(told["status"] or None, assignee, told["reason"] or None)
    try:
        await casefile.change_case(wiring, vault, seat, case, change, version=version)
    except (ConflictError, StaleError):
        words = catalog_of(request).text("desk.case.changed")
        return await _case_page(request, case, wiring, vault, seat, error=words, status=HTTPStatus.CONFLICT)
    except InvalidError:
        words = catalog_of(request).text("desk.case.refused")
        return await _case_page(request, case, wiring, vault, seat, error=words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/cases/{case.hex()}?saved=change", HTTPStatus.SEE_OTHER)


@router.get("/cases/{case}/attachments/{attachment}")
async def page_attachment(  # noqa: PLR0917
    case: CaseId, attachment: AttachmentId, wiring: Here, vault: Opener, seat: Visitor, variant: Variant | None = None
) -> StreamingResponse:
    found = await open_download(wiring, vault, seat, case, attachment, variant)
    return StreamingResponse(found.pieces, headers={**found.headers, "Content-Length": str(found.size)})
