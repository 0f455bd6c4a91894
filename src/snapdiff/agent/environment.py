"""What the target runs on: versions and settings, without values of the program's data."""

from __future__ import annotations

import _tracemalloc
import gc
import os
import sys

from .plan import OFF, Plan
from .target import Target

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any


def describe(found: Target, plan: Plan) -> dict[str, Any]:
    """Return the fields of the `loaded` frame."""
    modules = sorted(name for name in sys.modules if "." not in name and not name.startswith("_"))
    return {
        "target": {"name": found.name, "file": found.file, "line": found.line},
        "working_directory": os.getcwd(),
        "library_folders": _library_folders(),
        "python": sys.version.split(" ", 1)[0],
        "implementation": sys.implementation.name,
        "executable": sys.executable,
        "free_threaded": not getattr(sys, "_is_gil_enabled", lambda: True)(),
        "gc_enabled": gc.isenabled(),
        "gc_threshold": list(gc.get_threshold()),
        "traced_by_program": _tracemalloc.is_tracing() and plan.trace != OFF,
        "trace_depth": _tracemalloc.get_traceback_limit() if _tracemalloc.is_tracing() else plan.trace_depth,
        "hash_seed": os.environ.get("PYTHONHASHSEED", "random"),
        "malloc": os.environ.get("PYTHONMALLOC", "default"),
        "versions": _versions(modules),
    }


def _library_folders() -> dict[str, list[str]]:
    """Return the folders of the standard library and of installed packages."""
    packages = [entry for entry in sys.path if entry.rstrip("/\\").endswith(("site-packages", "dist-packages"))]
    return {"stdlib": [os.path.dirname(os.path.abspath(os.__file__))], "packages": packages}


def _versions(modules: list[str]) -> dict[str, str]:
    """Return the versions that loaded libraries state about themselves; imports nothing."""
    found = {}
    for name in modules:
        module = sys.modules.get(name)
        # Only modules' own namespaces: a module may compute attributes (and import more) when asked.
        version = getattr(module, "__dict__", {}).get("__version__")
        if type(version) is str and len(version) < 40:  # noqa: PLR2004
            found[name] = version
    return found
