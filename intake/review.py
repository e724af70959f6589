# SPDX-License-Identifier: Apache-2.0
"""Whether a named person stands for a language's texts: for those that can hurt, exactly as they are now."""

import hashlib
from collections.abc import Mapping

from intake.po import Entry

CRITICAL = (
    *("question.consent.", "choice.consent.", "bot.consent_", "bot.danger", "bot.sexual_violence", "bot.child_"),
    *("bot.wiped", "bot.delete", "bot.receipt", "bot.help", "bot.distress", "bot.self_harm"),
    *("question.sv_", "choice.sv_", "question.child_", "choice.child_", "question.danger.", "choice.danger."),
    *("question.share.", "choice.share.", "bot.erase", "choice.erase.", "bot.started"),
    *("resource.government", "resource.relation.", "form.consent.", "form.no"),
)
"""Prefixes of texts that a named person must have read before a language counts as reviewed (domain.md section 14)."""


def fingerprint(entries: Mapping[str, Entry]) -> str:
    """SHA-256 over the critical texts as they stand: a changed one takes a review back."""
    told = "\n".join(f"{key}\t{entries[key].texts}" for key in sorted(entries) if key.startswith(CRITICAL))
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def is_reviewed(about: Mapping[str, str], entries: Mapping[str, Entry]) -> bool:
    """`about` is the language's table in locales.toml."""
    return about["status"].startswith("reviewed") and about.get("hash") == fingerprint(entries)
