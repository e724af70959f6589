# SPDX-License-Identifier: Apache-2.0
"""The desk side: takes sealed reports in, and shows them to whoever is logged in."""
