# SPDX-License-Identifier: Apache-2.0
"""The desk's HTTP routes, one file for each kind of thing."""
