# SPDX-License-Identifier: Apache-2.0
"""From a shared position to the name of a town, and nothing finer: an exact point would lead to a shelter's door."""

import math
import pathlib
import tomllib
from functools import cache
from typing import NamedTuple

FAR = 40.0
"""Kilometres beyond which a position is in no town of the list: the person is asked to type it."""

CLOSE = 25.0
"""Kilometres within which a town across a border could be meant as well: nothing is guessed there."""

_DEGREE = 111.2  # kilometres of one degree of latitude


class Town(NamedTuple):
    """`area` is an ISO 3166-2 state, or a country where states are not asked."""

    name: str
    area: str
    latitude: float
    longitude: float

    @property
    def country(self) -> str:
        return self.area[:2]


@cache
def towns() -> tuple[Town, ...]:
    """The packaged list."""
    raw = pathlib.Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(Town(*row) for row in tomllib.loads(raw)["towns"])


def nearest(latitude: float, longitude: float) -> Town | None:
    """The town a position is in or near. None where there is none, or where two countries are equally near."""
    away = sorted((_kilometres(town, latitude, longitude), town) for town in towns())
    distance, town = away[0]
    doubtful = any(other.country != town.country for far, other in away if far <= max(CLOSE, distance * 1.5))
    return town if distance <= FAR and not doubtful else None


def _kilometres(town: Town, latitude: float, longitude: float) -> float:
    """Good enough for some tens of kilometres away from the poles."""
    east = (town.longitude - longitude) * math.cos(math.radians(latitude))
    return math.hypot(town.latitude - latitude, east) * _DEGREE
