"""The heap of an application: 220 modules, 440 types, tens of thousands of paths, and 16,000 lines of birth.

The modules are generated and compiled, each under a file name of its own. In each four registries hold records, which
hold entries; each registry is filled by lines of its own, one after the other, as modules fill theirs when they are
loaded. A record and its two entries are nine tracked objects, and some 25 others.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from speed import heap

MODULES = 220
REGISTRIES = 4
TRACKED_A_RECORD = 9
"""Objects that the collector tracks, of one record with two entries."""

_CLASSES = '''
class Record:
    """What a registry holds."""

class Entry:
    """What a record holds."""
'''

_REGISTRY = """
REGISTRY_{0} = {{}}

def add_{0}(number):
    record = Record()
    record.name = f"record {{number}}"
    record.count = number + 1000
    record.price = number * 0.25 + 0.5
    record.tags = [f"tag {{number}}", number + 2000]
    record.place = (f"street {{number}}", number + 10000)
    record.totals = {{"net": number * 1.5, "tax": number * 0.3}}
    record.entries = [
        entry_{0}(record, number),
        entry_{0}(record, number + 1),
    ]
    REGISTRY_{0}[record.name] = record

def entry_{0}(record, number):
    entry = Entry()
    entry.record = record
    entry.label = f"entry {{number}}"
    entry.amount = number + 3000
    entry.marks = [number * 0.5, f"mark {{number}}"]
    entry.options = {{"colour": f"colour {{number}}", "marks": entry.marks}}
    return entry

def remove_{0}(number):
    del REGISTRY_{0}[f"record {{number}}"]
"""


def build(tracked: int, scattered: bool = False, below: int = 0) -> None:
    """Make the modules, and fill their registries with so many tracked objects in all."""
    adds, removes = _functions()
    count = max(1, tracked // TRACKED_A_RECORD)

    def add(number: int) -> None:
        adds[number * len(adds) // count](number)

    def remove(number: int) -> None:
        removes[number * len(removes) // count](number)

    heap.fill(add, remove, count, scattered, below)


def _functions() -> tuple[list[Callable[[int], Any]], list[Callable[[int], Any]]]:
    """Import the modules; return what adds a record to each registry, and what takes it out."""
    source = _CLASSES + "".join(_REGISTRY.format(registry) for registry in range(REGISTRIES))
    modules = []
    for number in range(MODULES):
        module = types.ModuleType(f"application_{number:03}")
        sys.modules[module.__name__] = module
        exec(compile(source, f"application/module_{number:03}.py", "exec"), module.__dict__)  # noqa: S102
        modules.append(module)
    both = [
        [getattr(module, f"{what}_{registry}") for registry in range(REGISTRIES) for module in modules]
        for what in ("add", "remove")
    ]
    return both[0], both[1]
