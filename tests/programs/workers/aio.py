"""A worker on an event loop that answers requests in tasks, out of order."""

import asyncio
import json
import sys


class Desk:
    def __init__(self, writer):
        self.writer = writer
        self.pending = {}
        self.tasks = set()

    async def answer(self, message):
        number, method = message["id"], message["method"]
        future = asyncio.get_running_loop().create_future()
        self.pending[number] = future
        if method == "slow":
            await asyncio.sleep(0.005)
        future.set_result(None)
        if method != "keep":
            del self.pending[number]
        self.writer.write(json.dumps({"jsonrpc": "2.0", "id": number, "result": None}).encode() + b"\n")


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout)
    desk = Desk(asyncio.StreamWriter(transport, protocol, reader, loop))
    while line := await reader.readline():
        task = asyncio.create_task(desk.answer(json.loads(line)))
        desk.tasks.add(task)
        task.add_done_callback(desk.tasks.discard)


if __name__ == "__main__":
    asyncio.run(main())
