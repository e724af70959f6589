# SPDX-License-Identifier: Apache-2.0
"""Write a migration from the tables as they are: `python tests/storage/make_migration.py desk|phone "What changes."`.

With --first the store's migrations are all dropped and one first migration takes their place: only before the first
release. Then set HEAD in storage/<store>/schema.py and read what was written.
"""

import argparse
import subprocess
import sys

from storage import migrate
from storage.desk import tables as desk
from storage.phone import tables as phone


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", choices=["desk", "phone"])
    parser.add_argument("message")
    parser.add_argument("--first", action="store_true", help="drop all migrations and write the first one anew")
    chosen = parser.parse_args()
    metadata = {"desk": desk, "phone": phone}[chosen.store].metadata
    if chosen.first:
        for old in migrate.versions(metadata).glob("*.py"):
            old.unlink()
    written = migrate.revise(metadata, chosen.message)
    text = written.read_text(encoding="utf-8")
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-"], input=text, capture_output=True, text=True, check=True
    )
    written.write_text(formatted.stdout, encoding="utf-8")
    sys.stdout.write(f"{written.name} written; HEAD is {metadata.info['head']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
