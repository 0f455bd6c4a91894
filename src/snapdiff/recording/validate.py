"""Checks that the values of a recording make sense, so that nothing after the reader needs to.

The schema has settled names and types by then. What is left are nulls, numbers that are no measurement, and
references that lead nowhere.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from snapdiff.recording import schema
from snapdiff.recording.model import Recording

if TYPE_CHECKING:
    import pyarrow as pa

#: No count, size or time is larger (a petabyte; JSON and JavaScript are exact up to here).
_LARGEST = 2**53 - 1

#: A recording has at most a few dozen causes.
_MOST_CAUSES = 10_000

#: A sweep has a few sizes.
_MOST_SIZES = 100

#: Measures of a path: objects, bytes, entries.
_MEASURES = 3

#: Columns that may be empty; no other may.
_OPTIONAL = {
    "checkpoints": {"call_seconds", "traced_bytes", "objects", "object_bytes", "fds", "rss", "uss"},
    "stacks": {"function"},
    "sweep": {
        "peak_traced",
        "rss_before",
        "rss_after",
        "peak_rss",
        "objects_before",
        "bytes_before",
        "objects",
        "bytes",
    },
    "causes": {"path", "holder_type", "entries", "bound", "share", "alone", "partner"},
    "owners": {"peak"},
}
#: Columns that may be negative: none is a count or a time before the recording began.
_SIGNED = {
    ("checkpoints", "seconds"), ("timeline", "seconds"), ("sweep", "began"), ("sweep", "peak_traced"),
    ("stacks", "line"), ("traces", "bytes"), ("alive", "line"),
    ("paths", "parent"), ("causes", "cause"), ("cause_types", "cause"), ("births", "cause"), ("grown", "cause"),
    ("suspended", "cause"),
    ("graphs", "cause"), ("outside", "gained"),
}  # fmt: skip
#: (table, column) that must name a row of (table, column).
_REFERENCES = {
    ("types", "checkpoint"): ("checkpoints", "id"),
    ("owners", "checkpoint"): ("checkpoints", "id"),
    ("outside", "checkpoint"): ("checkpoints", "id"),
    ("outside_lines", "stack"): ("stacks", "stack"),
    ("traces", "checkpoint"): ("checkpoints", "id"),
    ("domains", "checkpoint"): ("checkpoints", "id"),
    ("traces", "stack"): ("stacks", "stack"),
    ("stacks", "file"): ("files", "file"),
    ("births", "stack"): ("stacks", "stack"),
    ("path_counts", "checkpoint"): ("checkpoints", "id"),
    ("path_counts", "node"): ("paths", "node"),
    ("cause_types", "cause"): ("causes", "cause"),
    ("grown", "stack"): ("stacks", "stack"),
    ("grown", "cause"): ("causes", "cause"),
    ("suspended", "stack"): ("stacks", "stack"),
    ("suspended", "cause"): ("causes", "cause"),
    ("alive", "file"): ("files", "file"),
    ("source", "file"): ("files", "file"),
}
#: Columns that together name a row of a table once.
_KEYS = {
    "checkpoints": ["id"],
    "sweep": ["id"],
    "types": ["checkpoint", "type"],
    "owners": ["checkpoint", "owner"],
    "given_back": ["step"],
    "outside": ["checkpoint", "memory"],
    "outside_kinds": ["owner", "kind"],
    "files": ["file"],
    "stacks": ["stack", "depth"],
    "traces": ["checkpoint", "stack"],
    "domains": ["checkpoint", "domain"],
    "paths": ["node"],
    "path_counts": ["checkpoint", "node"],
    "causes": ["cause"],
    "alive": ["file", "line"],
    "garbage": ["type"],
    "source": ["file", "line"],
}
_WORDS = {
    ("checkpoints", "series"): {"control", "workload", "traced control", "traced"},
    ("owners", "unit"): {"bytes", "count"},
    ("sweep", "series"): {"control", "workload"},
    ("sweep", "part"): {"warm-up", "up", "down", "traced"},
    ("outside", "memory"): {"malloc", "mapped", "files"},
    ("outside_lines", "what"): {"born", "waits"},
    ("files", "kind"): {"project", "stdlib", "package", "other"},
}
#: Keys of the manifest that are read, and what they hold.
_MANIFEST: dict[str, type | tuple[type, ...]] = {
    "options": dict,
    "ended": dict,
    "complete": bool,
    "started": str,
    "duration_seconds": (int, float),
    "environment": dict,
    "notes": list,
}


def find_nonsense(recording: Recording) -> str | None:
    """Return what is wrong with a recording's values, in words, or None."""
    for key, kind in _MANIFEST.items():
        if not isinstance(recording.manifest.get(key), kind):
            return f"its manifest has no proper {key}"
    wrong = _wrong_options(recording.manifest)
    if wrong is not None:
        return wrong
    for name, table in recording.tables.items():
        for column in table.column_names:
            if table[column].null_count and column not in _OPTIONAL.get(name, ()):
                return f"its table {name} has no {column} in some row"
            if _has_odd_numbers(table[column], (name, column) in _SIGNED):
                return f"its table {name} has a {column} that is no measurement"
    return _wrong_sizes(recording) or _broken_structure(recording.tables)


def _wrong_options(manifest: dict[str, Any]) -> str | None:
    options = manifest["options"]
    rounds, command, depth = options.get("rounds"), options.get("command"), options.get("trace_depth")
    if not isinstance(rounds, list) or not all(type(count) is int and 0 < count <= _LARGEST for count in rounds):
        return "its manifest has no proper rounds"
    if not isinstance(options.get("arguments", []), list) or not isinstance(options.get("rpc") or {}, dict):
        return "its manifest has no proper input"
    if not isinstance(command, list) or type(depth) is not int or not 0 <= depth <= _LARGEST:
        return "its manifest has no proper options"
    if options.get("sweep") is not None and not _is_sweep(options["sweep"]):
        return "its manifest has no proper sweep"
    if not 0 <= manifest["duration_seconds"] <= _LARGEST:
        return "its manifest has no proper duration"
    return None


def _is_sweep(sweep: Any) -> bool:
    """Say whether this is a parameter with rising sizes."""
    if (
        not isinstance(sweep, dict)
        or not isinstance(sweep.get("name"), str)
        or not sweep["name"].isidentifier()
        or not isinstance(sweep.get("sizes"), list)
    ):
        return False
    numbers = [*sweep["sizes"], *([] if sweep.get("at") is None else [sweep["at"]])]
    return (
        0 < len(sweep["sizes"]) <= _MOST_SIZES
        and all(type(number) is int and 0 < number <= _LARGEST for number in numbers)
        and all(earlier < later for earlier, later in pairwise(sweep["sizes"]))
    )


def _wrong_sizes(recording: Recording) -> str | None:
    """Return what is wrong with the sizes of the calls of a sweep."""
    import pyarrow.compute as pc

    calls = recording.tables["sweep"]
    sizes = set(pc.unique(calls.filter(pc.equal(calls["series"], "workload"))["size"]).to_pylist())
    sweep = recording.manifest["options"].get("sweep")
    if sizes - set(sweep["sizes"] if sweep is not None else ()):
        return "its table sweep has a size that was not planned"
    return None


def _has_odd_numbers(column: pa.ChunkedArray, signed: bool) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return False
    if pa.types.is_floating(column.type) and not pc.all(pc.is_finite(column), min_count=0).as_py():
        return True
    lowest = -_LARGEST if signed else 0
    limits = pc.min_max(column).as_py()
    return limits["min"] is not None and (limits["min"] < lowest or limits["max"] > _LARGEST)


def _broken_structure(tables: dict[str, pa.Table]) -> str | None:
    import pyarrow.compute as pc

    for (name, column), words in _WORDS.items():
        if not set(pc.unique(tables[name][column]).to_pylist()) <= words:
            return f"its table {name} has a {column} that is not known"
    for (name, column), (other, key) in _REFERENCES.items():
        known = tables[other][key].combine_chunks()
        if not pc.all(pc.is_in(tables[name][column], value_set=known), min_count=0).as_py():
            return f"its table {name} refers to a {column} that is not there"
    for name, keys in _KEYS.items():
        if tables[name].group_by(keys).aggregate([]).num_rows != tables[name].num_rows:
            return f"its table {name} has a row twice"
    domains = pc.unique(tables["domains"]["domain"])
    if len(domains) > schema.MAX_DOMAINS or pc.any(pc.greater(domains, schema.MAX_DOMAIN)).as_py():
        return "its table domains has domains that tracemalloc cannot have"
    if tables["causes"].num_rows > _MOST_CAUSES:
        return "its table causes is too long"
    for chain in tables["causes"]["chain"].to_pylist():
        if any(step is None or step["label"] is None or step["type"] is None for step in chain):
            return "its table causes has a broken chain"
    for falls in tables["paths"]["falls"].to_pylist():
        if len(falls) != _MEASURES or any(type(fall) is not int or not 0 <= fall <= _LARGEST for fall in falls):
            return "its table paths has falls that are no measurement"
    if not _is_tree(tables["paths"]):
        return "its table paths is no tree"
    for column in ("path", "holder_type"):
        if pc.any(pc.equal(pc.is_valid(tables["causes"][column]), tables["causes"]["native"])).as_py():
            return f"its table causes has no {column} in some row, or one of native code"
    full = tables["checkpoints"].filter(pc.invert(tables["checkpoints"]["sub"]))
    if _has_early_extra(full):
        return "its table checkpoints has an extra round before a planned one"
    if _has_early_traced(tables["checkpoints"]):
        return "its table checkpoints has a traced plan before the end of the first"
    for column in ("objects", "object_bytes", "call_seconds"):
        if full[column].null_count:
            return f"its table checkpoints has no {column} in some row"
    return None


def _is_tree(paths: pa.Table) -> bool:
    """Say whether every step's parent is there and has a smaller number, so that following parents ends."""
    import pyarrow.compute as pc

    below = paths.filter(pc.greater_equal(paths["parent"], 0))
    known = pc.is_in(below["parent"], value_set=paths["node"].combine_chunks())
    return bool(
        pc.all(known, min_count=0).as_py()
        and pc.all(pc.less(below["parent"], below["node"]), min_count=0).as_py()
        and pc.all(pc.greater_equal(paths["parent"], -1), min_count=0).as_py()
    )


def _has_early_extra(full: pa.Table) -> bool:
    """Say whether a round that only confirms comes before one of the plan, in the order of ids."""
    import pyarrow.compute as pc

    ordered = full.sort_by("id")
    for series in ("control", "workload", "traced control", "traced"):
        extra = ordered.filter(pc.equal(ordered["series"], series))["extra"]
        first = pc.index(extra, True).as_py()
        # The first checkpoint ends a round of no calls.
        if first >= 0 and (first < 2 or not pc.all(extra.slice(first)).as_py()):  # noqa: PLR2004
            return True
    return False


def _has_early_traced(checkpoints: pa.Table) -> bool:
    """Say whether the second plan begins before the first has ended, or without one."""
    import pyarrow.compute as pc

    second = pc.min(checkpoints.filter(pc.starts_with(checkpoints["series"], "traced"))["id"]).as_py()
    first = pc.max(checkpoints.filter(pc.equal(checkpoints["series"], "workload"))["id"]).as_py()
    return second is not None and (first is None or second < first)
