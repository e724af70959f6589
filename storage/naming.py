# SPDX-License-Identifier: Apache-2.0
"""The names of constraints and indexes, alike on both engines, so that a migration can speak of each by name."""

from collections.abc import Mapping
from typing import Final

# SQLAlchemy's documented convention (docs: "Configuring Constraint Naming Conventions").
# A CHECK must be given a short name of its own where it is written.
CONVENTION: Final[Mapping[str, str]] = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
