# SPDX-License-Identifier: Apache-2.0
"""Keys and formats of `amparo-envelope/v1`: the only package that imports `cryptography`. See docs/envelope.md."""
