# SPDX-License-Identifier: Apache-2.0
"""A process that writes and acknowledges, to be traced and killed: `worker.py URL FIRST PARALLEL COUNT [PRAGMA=VALUE=READBACK]`.

For each row it prints `ack N` on standard output, and on SQLite after each COMMIT `committed N N N` on standard
error, with one system call a line.
"""

import asyncio
import os
import sys

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, insert

from storage import file
from storage.database import Store

metadata = MetaData(info={"store": "trial", "head": "trial_0001"})
rows = Table("rows", metadata, Column("id", Integer, primary_key=True), Column("sealed", LargeBinary))


class Batch:
    """The rows of the transaction that runs; touched by SQLite's writing thread alone."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def passed(self, point: str) -> None:
        if point == "committed":
            os.write(2, b"committed %s\n" % " ".join(map(str, self.numbers)).encode())
            self.numbers.clear()


def keep(number: int, batch: Batch):
    def unit(connection: Connection) -> None:
        connection.execute(insert(rows).values(id=number, sealed=number.to_bytes(8, "big") * 64))
        batch.numbers.append(number)

    return unit


async def write_on(store: Store, numbers: list[int], batch: Batch) -> None:
    while numbers:
        number = numbers.pop()
        await store.write(keep(number, batch))
        os.write(1, b"ack %d\n" % number)


async def main(url: str, first: int, parallel: int, count: int) -> None:
    batch = Batch()
    store = Store(url, metadata=metadata, probe=batch.passed if url.startswith("sqlite") else None)
    await store.open()
    os.write(1, b"open\n")
    numbers = list(range(first, first + count))
    await asyncio.gather(*(write_on(store, numbers, batch) for _ in range(parallel)))
    await store.close()


if __name__ == "__main__":
    for change in sys.argv[5:]:
        name, value, read_back = change.split("=")
        file.PRAGMAS = {**file.PRAGMAS, name: (value, int(read_back))}
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:5])))
