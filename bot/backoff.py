# SPDX-License-Identifier: Apache-2.0
"""How long to wait before the next try."""

import random
from typing import Final

_CHANCE: Final = random.SystemRandom()


def pause(attempt: int, *, most: float, first: float = 1.0) -> float:
    """Seconds before try number `attempt` (the first is 1): `first`, twice that, four times … up to `most`.

    Each is spread by half to either side, so that those who failed together do not come back together.
    """
    return min(first * 2.0 ** min(max(attempt - 1, 0), 32), most) * _CHANCE.uniform(0.5, 1.5)
