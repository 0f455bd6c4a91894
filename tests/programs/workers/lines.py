"""A worker: JSON-RPC, a message a line. Methods keep something or nothing, or do what no worker should.

Started as `lines.py`, or with the way in which it is to end as its argument.
"""

import json
import os
import signal
import sys
import threading
import time

kept = []


class Item:
    pass


def tell(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def reply(number, **outcome):
    tell(json.dumps({"jsonrpc": "2.0", "id": number, **outcome}))


def answer(method, number, params):
    if method == "keep":
        kept.append(Item())
    elif method == "echo":
        return {"params": params}
    elif method == "fail":
        reply(number, error={"code": -32000, "message": "the secret of the data"})
    elif method == "other_id":
        reply(number + 1000, result=None)
    elif method == "id_as_text":
        reply(str(number), result=None)
    elif method == "no_version":
        tell(json.dumps({"id": number, "result": None}))
    elif method == "no_result":
        tell(json.dumps({"jsonrpc": "2.0", "id": number}))
    elif method == "no_json":
        tell("{'id': 1}")
    elif method == "twice":
        reply(number, result=None)
        reply(number, result=None)
    elif method == "raise":
        raise ValueError("a secret of the data")
    elif method == "exit":
        sys.exit(5)
    elif method == "exit_at_once":
        os._exit(6)
    elif method == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif method == "hang":
        time.sleep(3600)
    elif method == "close":
        os.close(1)
        time.sleep(3600)
    elif method == "chat":
        print("a line of a log")
        print(json.dumps({"level": "info", "text": "a log in JSON"}))
        tell(json.dumps({"jsonrpc": "2.0", "method": "progress", "params": [1]}))
        tell(json.dumps({"jsonrpc": "2.0", "id": "mine", "method": "configuration"}))
    return None


told = []


def tick():
    while True:
        time.sleep(0.002)


def main():
    ending = sys.argv[1] if len(sys.argv) > 1 else ""
    if ending == "ticks":
        threading.Thread(target=tick, daemon=True).start()
    for line in sys.stdin:
        message = json.loads(line)
        if "method" not in message:
            # A reply to our own request.
            assert -32601 == message["error"]["code"], message
            continue
        method, number = message["method"], message.get("id")
        if method in {"twice", "no_json", "no_version", "no_result", "other_id", "id_as_text", "fail"}:
            answer(method, number, None)
            continue
        result = answer(method, number, message.get("params"))
        if number is None:
            told.append(method)
            del told[:-5]
        else:
            reply(number, result=result)
        if method == "keep_afterwards":
            time.sleep(0.005)
            kept.append(Item())
    if ending == "stays":
        time.sleep(3600)
    if ending == "ignores":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(3600)
    if ending == "status":
        sys.exit(4)


if __name__ == "__main__":
    main()
