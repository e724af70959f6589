# SPDX-License-Identifier: Apache-2.0
"""No column without a reason: what stands in either store, and how, is the list in columns.toml and nothing else."""

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import BigInteger, Boolean, Integer, SmallInteger, TypeEngine

from storage.desk import tables as desk
from storage.phone import tables as phone

LISTED = tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
WAYS = ("sealed", "public", "derived", "clear")
BINARY = {"sealed", "derived"}
# A date or a float would carry a time finer than was meant; a JSON or an array, whatever somebody puts into it.
TYPES: tuple[type[TypeEngine], ...] = (LargeBinary, Text, BigInteger, SmallInteger, Integer, Boolean)


def columns(metadata: MetaData) -> dict[str, Column]:
    return {f"{table.name}.{column.name}": column for table in metadata.tables.values() for column in table.columns}


def unlisted(metadata: MetaData, listed: dict[str, dict[str, str]]) -> set[str]:
    return columns(metadata).keys() - {f"{table}.{name}" for table, names in listed.items() for name in names}


STORES = pytest.mark.parametrize("metadata", [desk.metadata, phone.metadata], ids=["desk", "phone"])


@STORES
def test_every_column_is_listed_with_a_reason(metadata):
    assert unlisted(metadata, LISTED[metadata.info["store"]]) == set()


@STORES
def test_nothing_is_listed_that_is_not_there(metadata):
    listed = {f"{table}.{name}" for table, names in LISTED[metadata.info["store"]].items() for name in names}
    assert listed - columns(metadata).keys() == set()


@STORES
def test_every_reason_names_a_way_and_says_something(metadata):
    for table, names in LISTED[metadata.info["store"]].items():
        for name, reason in names.items():
            way, _, why = reason.partition(": ")
            assert way in WAYS, f"{table}.{name}"
            assert len(why) > 10, f"{table}.{name}"


@STORES
def test_what_is_sealed_or_derived_is_bytes_and_no_type_can_carry_more_than_was_meant(metadata):
    listed = LISTED[metadata.info["store"]]
    for place, column in columns(metadata).items():
        table, _, name = place.partition(".")
        way = listed[table][name].partition(":")[0]
        assert isinstance(column.type, TYPES), place
        assert way not in BINARY or isinstance(column.type, LargeBinary), place


def test_the_list_refuses_a_new_column():
    metadata = MetaData(info={"store": "desk"})
    for table in desk.metadata.tables.values():
        table.to_metadata(metadata)
    metadata.tables["cases"].append_column(Column("place", Text))
    Table("whereabouts", metadata, Column("city", Text, primary_key=True))
    assert unlisted(metadata, LISTED["desk"]) == {"cases.place", "whereabouts.city"}


def test_the_desk_store_holds_no_trace_of_telegram():
    for place in columns(desk.metadata):
        assert not {"chat", "telegram", "phone", "username", "language", "ip", "address"} & set(place.split(".")), place
