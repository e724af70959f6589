# SPDX-License-Identifier: Apache-2.0
"""Tables and their queries, one file for each; two stores that never meet; the engine and the blobs below them."""
