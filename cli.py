# SPDX-License-Identifier: Apache-2.0
"""The `amparo` command."""


def main() -> int:
    return 0
