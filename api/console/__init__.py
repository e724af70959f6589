# SPDX-License-Identifier: Apache-2.0
"""The caseworkers' pages, rendered here and complete without a script."""
