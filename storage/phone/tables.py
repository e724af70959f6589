# SPDX-License-Identifier: Apache-2.0
"""Every table file of the phone store, so that whoever compares or migrates knows all tables. A test keeps it whole."""

from storage.phone import contacts, deadletters, deletions, drafts, leases, outbox, outgoing, spool, updates
from storage.phone.schema import metadata

FILES = (contacts, deadletters, deletions, drafts, leases, outbox, outgoing, spool, updates)

__all__ = ["FILES", "metadata"]
