# SPDX-License-Identifier: Apache-2.0
"""Reports, as bot and desk use them: built from a draft, read back, graded and summarised.

The door to four smaller files: shape (what a report holds), telling (from a draft to a report), when (facts on a
given day), summary (the short form).
"""

from intake.shape import SCHEMA, Report, StoredAttachment
from intake.summary import Summary, summarise
from intake.telling import build
from intake.when import facts

__all__ = ["SCHEMA", "Report", "StoredAttachment", "Summary", "build", "facts", "summarise"]
