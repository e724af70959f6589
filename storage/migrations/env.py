# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: INP001 - Alembic reads this file by its path; it is no module of a package
"""Alembic runs this file for both stores; `storage.migrate` gives it the connection and the tables."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    render_as_batch=True,  # SQLite changes a column by rebuilding the table
    transactional_ddl=True,  # both engines undo half a migration; Alembic believes it of PostgreSQL only
)
context.run_migrations()
