"""Entry point inside the target: `python boot.py SPOOL_FOLDER`.

Loads the agent under a private package name, without executing `snapdiff/__init__.py` and without leaving
the agent's folder on `sys.path`, then hands over to the driver.
"""

from __future__ import annotations

import sys

# For type checkers only: nothing may be imported before the path is right.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Python put this folder first on the path, unless it was told to put nothing there. It must go before anything else is
# imported, or modules here could shadow the standard library's, for us and for the program.
if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    sys.path.pop(0)
#: The agent's package name in the target. Not `snapdiff`, which the program may have installed.
PACKAGE = "_snapdiff_agent"


def load_driver() -> Any:
    """Import the agent's driver under its private name."""
    import importlib.util
    import os

    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError("the agent's folder is not complete", path=folder)
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    return importlib.import_module(PACKAGE + ".driver")


# A target that starts processes with multiprocessing's spawn method runs its parent's main file again,
# under another name.
if __name__ == "__main__":
    if sys.version_info < (3, 9):
        raise SystemExit("snapdiff: the target's interpreter must be Python 3.9 or newer.")
    raise SystemExit(load_driver().main(sys.argv[1]))
