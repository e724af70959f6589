# SPDX-License-Identifier: Apache-2.0
"""The phone store: owned by the bot. One table and its queries in one file; `tables` names them all."""
