"""A worker that answers in a thread that runs from the beginning."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

kept = []


def keep():
    kept.append(object())


def main():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        for line in sys.stdin:
            pool.submit(keep).result()
            print(json.dumps({"jsonrpc": "2.0", "id": json.loads(line)["id"], "result": None}), flush=True)


if __name__ == "__main__":
    main()
