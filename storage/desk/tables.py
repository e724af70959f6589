# SPDX-License-Identifier: Apache-2.0
"""Every table file of the desk store, so that whoever compares or migrates knows all tables. A test keeps it whole."""

from storage.desk import attachments, audit, cases, caseworkers, keyring, mailboxes, notices, reports, sessions
from storage.desk.schema import metadata

FILES = (attachments, audit, cases, caseworkers, keyring, mailboxes, notices, reports, sessions)

__all__ = ["FILES", "metadata"]
