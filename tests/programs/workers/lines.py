"""A worker: JSON-RPC, a message a line. Methods keep something, or nothing."""

import json
import sys

kept = []


class Item:
    pass


def answer(method, params):
    if method == "keep":
        kept.append(Item())
    return {"kept": method == "keep"}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        result = answer(request["method"], request.get("params"))
        if "id" in request:
            print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)


if __name__ == "__main__":
    main()
