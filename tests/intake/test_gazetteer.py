# SPDX-License-Identifier: Apache-2.0
"""Positions to towns: never finer than a town, never across a border by guess."""

from hypothesis import given
from hypothesis import strategies as st

from intake import taxonomy
from intake.gazetteer import FAR, nearest, towns

TAXONOMY = taxonomy.load()


def test_every_town_lies_in_an_area_that_can_be_told():
    areas = {*TAXONOMY.places.states, *TAXONOMY.places.countries}
    assert {town.area for town in towns()} <= areas
    assert len({(town.name, town.area) for town in towns()}) == len(towns())


def test_each_town_away_from_a_border_finds_itself():
    found = [town for town in towns() if nearest(town.latitude, town.longitude) == town]
    assert len(found) > len(towns()) / 2
    for town in towns():
        assert nearest(town.latitude, town.longitude) in {town, None}


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_no_position_is_too_strange(latitude, longitude):
    town = nearest(latitude, longitude)
    assert town is None or abs(town.latitude - latitude) * 111.2 <= FAR
