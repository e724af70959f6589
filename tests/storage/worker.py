# SPDX-License-Identifier: Apache-2.0
"""A process that writes and acknowledges, to be traced and killed: `worker.py URL FIRST PARALLEL [PRAGMA=VALUE=READBACK]`.

It prints one number a line when that row is committed, with one write to standard output for each.
"""

import asyncio
import os
import sys

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert

from storage import file
from storage.database import Store

metadata = MetaData(info={"store": "trial", "head": "trial_0001"})
rows = Table("rows", metadata, Column("id", Integer, primary_key=True), Column("sealed", LargeBinary))


async def write_on(store: Store, numbers: "asyncio.Queue[int]") -> None:
    while True:
        number = await numbers.get()
        sealed = number.to_bytes(8, "big") * 64
        await store.write(lambda c: c.execute(insert(rows).values(id=number, sealed=sealed)) and None)
        os.write(1, b"ack %d\n" % number)


async def main(url: str, first: int, parallel: int, count: int) -> None:
    store = Store(url, metadata=metadata)
    await store.open()
    os.write(1, b"open\n")
    numbers: asyncio.Queue[int] = asyncio.Queue()
    for number in range(first, first + count):
        numbers.put_nowait(number)
    writers = [asyncio.create_task(write_on(store, numbers)) for _ in range(parallel)]
    while not numbers.empty():
        await asyncio.sleep(0.01)
    await store.close()
    await asyncio.sleep(0)
    for writer in writers:
        writer.cancel()


if __name__ == "__main__":
    for change in sys.argv[5:]:
        name, value, read_back = change.split("=")
        file.PRAGMAS = {**file.PRAGMAS, name: (value, int(read_back))}
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:5])))
