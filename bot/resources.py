# SPDX-License-Identifier: Apache-2.0
"""The help contacts of this organisation while the bot runs: read again when the file changes, drawn as plain lines.

A file that cannot be used never takes away what was read before: the log says so, and `amparo resources check` says
what is wrong with it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from intake import resources
from intake.catalog import FSI, PDI, Catalog, Catalogs
from intake.draft import Draft
from intake.errors import ResourcesError
from intake.questions import Questionnaires
from intake.resources import Area, Resource

log = logging.getLogger("amparo.bot")

EVERY: Final = 60.0  # seconds between two looks at the file
_STATES: Final = 3  # names of states drawn with one entry


class Resources:
    def __init__(
        self,
        path: Path,
        questionnaires: Questionnaires,
        catalogs: Catalogs,
        zone: ZoneInfo,
        *,
        served: Sequence[str],
        now: Callable[[], float],
    ) -> None:
        self._path = path
        self._questionnaires = questionnaires
        self._catalogs = catalogs
        self._zone = zone
        self._served = served
        self._now = now
        self._seen: tuple[int, int, int] | None = None
        self._warned: dt.date | None = None
        self.known: tuple[Resource, ...] = ()

    async def keep_fresh(self) -> None:
        """Look at the file now and then; runs until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Read the file again if it changed, and once a day warn of served states without a contact."""
        today = dt.datetime.fromtimestamp(self._now(), self._zone).date()
        changed = self._read()
        if changed or today != self._warned:
            self._warned = today
            bare = [state for state in self._served if not self._serving(state, today)]
            if bare:
                log.warning("served states have no help contact that may be shown", extra={"count": len(bare)})

    def _read(self) -> bool:
        try:
            about = self._path.stat()
            seen = (about.st_mtime_ns, about.st_ctime_ns, about.st_size)  # ctime: permissions may have been the fault
        except FileNotFoundError:
            seen = None
        except OSError as error:
            self._alarm(error)
            return False
        if seen == self._seen:
            return False
        self._seen = seen  # also when it cannot be used: it is said once, not every minute
        try:
            self.known = () if seen is None else resources.load(self._path)
        except ResourcesError as error:
            self._alarm(error)
            return False
        log.info("help contacts were read", extra={"count": len(self.known)})
        return True

    def _alarm(self, error: Exception) -> None:
        kind = type(error).__name__
        log.error("the help contacts cannot be used: run amparo resources check", extra={"error": kind})

    def _serving(self, state: str, today: dt.date) -> bool:
        return any(
            resources.why_hidden(one, today) is None
            and (state in one.states or (one.country == state[:2] and not one.states))
            for one in self.known
        )

    def entries(self, draft: Draft | None, catalog: Catalog, today: dt.date) -> list[str]:
        """What may be shown now, each entry as lines of text, the nearest first."""
        if not self.known:
            return []
        questionnaire = self._questionnaires.of(draft.version if draft else None)
        area = resources.told_area(questionnaire, draft)
        found = resources.shown(self.known, today=today, locale=catalog.locale, area=area)
        return [drawn(one, catalog, self._catalogs, area) for one in found]


def drawn(resource: Resource, catalog: Catalog, catalogs: Catalogs, area: Area) -> str:
    """One entry in the person's language. Each value of the file stands in direction isolates of its own."""
    languages = ", ".join(_language(tag, catalog, catalogs) for tag in resource.languages)
    whom = ", ".join(catalog.text(f"resource.for.{one}") for one in resource.for_whom)
    lines = [
        f"{FSI}{resource.name}{PDI} ({FSI}{_area(resource, catalog, area)}{PDI})",
        f"{FSI}{resource.what}{PDI}",
        catalog.text("resource.for", whom=whom) if whom else "",
        catalog.text(f"resource.channel.{resource.channel}", value=resource.value),
        catalog.text("resource.hours", hours=resource.hours),
        catalog.text("resource.languages", languages=languages),
        catalog.text("resource.cost", cost=resource.cost) if resource.cost else "",
        *(catalog.text(mark) for mark in resource.marks),
        f"{FSI}{resource.note}{PDI}" if resource.note else "",
    ]
    return "\n".join(line for line in lines if line)


def _area(resource: Resource, catalog: Catalog, area: Area) -> str:
    if resource.country == resources.ANYWHERE:
        return catalog.text("resource.anywhere")
    if not resource.states:
        return _label(f"country.{resource.country}.label", resource.country, catalog)
    near = [area.state] if area.state in resource.states else resource.states
    names = [_label(f"state.{code}.label", str(code), catalog) for code in near[:_STATES]]
    return ", ".join([*names, *(["…"] if len(near) > _STATES else [])])


def _language(tag: str, catalog: Catalog, catalogs: Catalogs) -> str:
    nearest = catalogs.nearest(tag)
    return catalogs.about[nearest]["name"] if nearest else _label(f"choice.interpreter.{tag}", tag, catalog)


def _label(key: str, code: str, catalog: Catalog) -> str:
    try:
        return catalog.text(key)
    except KeyError:
        return code
