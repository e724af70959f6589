# SPDX-License-Identifier: Apache-2.0
"""The benchmark: what the product costs, beside something raw measured in the same run. `python -m bench`."""
