"""A worker that frames its messages by length, as language servers do, and chats on its standard output."""

import json
import sys


class Server:
    def __init__(self):
        self.pending = {}
        self.output = bytearray()
        self.initialized = False

    def read(self):
        length = 0
        while True:
            line = sys.stdin.buffer.readline()
            if not line.strip():
                return json.loads(sys.stdin.buffer.read(length)) if line else None
            name, value = line.split(b":")
            if name == b"Content-Length":
                length = int(value)

    def reply(self, number, result):
        body = json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\r\nContent-Type: application/json\r\n\r\n%s" % (len(body), body))
        sys.stdout.buffer.flush()

    def serve(self):
        while (message := self.read()) is not None:
            method, number = message["method"], message.get("id")
            if method == "initialize":
                self.initialized = True
            elif method == "exit":
                return
            assert self.initialized or leaks
            if method == "keep" or leaks:
                self.pending[number] = message.get("params", {})
            elif method == "buffer":
                self.output += bytes(1000)
            elif method == "chat":
                print("a line of a log", flush=True)
            if number is not None:
                self.reply(number, message.get("params"))


if __name__ == "__main__":
    # For a parent that does not initialise its worker.
    leaks = sys.argv[1:] == ["leaks"]
    print("a word of welcome", flush=True)
    Server().serve()
