"""A clean workload that allocates as programs do: parse, sort, format, twelve calls deep."""

import json

DOCUMENT = json.dumps([{"i": number, "v": [number, number + 1], "s": f"x{number}"} for number in range(300)])


def work() -> int:
    """Allocate at the bottom of twelve calls."""
    return deep(12)


def deep(calls: int) -> int:
    """Work at the bottom of so many calls."""
    if calls:
        return deep(calls - 1)
    rows = json.loads(DOCUMENT)
    rows.sort(key=lambda row: -row["i"])
    return sum(len(str(row)) for row in rows)
