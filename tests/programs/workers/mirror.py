"""A worker that answers with what it sees of itself and its surroundings, into a file as well."""

import json
import sys
import threading

import __main__


def look():
    return {
        "argv": sys.argv[1:],
        "name": __name__,
        "file": __file__,
        "main": __main__.__dict__ is globals(),
        "first on path": sys.path[0],
        "folders of the tool": [folder for folder in sys.path if folder.endswith("agent")],
        "threads": [thread.name for thread in threading.enumerate()],
        "is main thread": threading.current_thread() is threading.main_thread(),
        "optimised": sys.flags.optimize,
        "unbuffered": sys.stdout.write_through,
        "trace": sys.gettrace() is None and threading.gettrace() is None if hasattr(threading, "gettrace") else True,
        "switch": sys.getswitchinterval(),
    }


def main():
    for line in sys.stdin:
        message = json.loads(line)
        with open(sys.argv[1], "a") as file:
            file.write(line)
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}), flush=True)
    with open(sys.argv[1], "a") as file:
        file.write(json.dumps(look()) + "\n")


if __name__ == "__main__":
    main()
