# SPDX-License-Identifier: Apache-2.0
"""The desk store: owned by the API. One table and its queries in one file; `tables` names them all."""
