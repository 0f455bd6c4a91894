"""The back-reference graph of one survivor, as DOT, found by objgraph where the target can import it.

objgraph writes `repr` of values and dictionary keys into its labels, and asks objects for attributes on the
way. So a private copy of the module is loaded, in which everything that touches an object is replaced: node and
edge labels are made here, by type, size and source name. The program's own objgraph, if it has one, is not touched.
"""

from __future__ import annotations

import importlib.util
import io
import sys
import types

from . import edges
from .names import type_name
from .own import Own, own_state
from .referents import get_referents
from .sizes import sizer

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_COPY = "_snapdiff_objgraph"
_PACKAGE = __name__.rpartition(".")[0]
#: As in the procedure: `show_backrefs(…, max_depth=5)`.
_DEPTH = 5
#: Referrers drawn of one object; the rest is one node "N more".
_TOO_MANY = 4
#: Objects whose referrers are looked for: each look goes over the whole heap (13 ms at 670 thousand objects).
_MOST_LOOKS = 24


def draw(survivor: list[Any], own: Own) -> dict[str, Any] | None:
    """Return {"dot", "drawn_by"} for the survivor in a list of one, or None where objgraph cannot be had."""
    objgraph = _private_objgraph()
    if objgraph is None:
        return None
    looked = [0]
    ignored = own_state([looked]).ids | own.ids
    ignored.add(id(ignored))

    def wanted(referrer: Any) -> bool:
        """Leave out ourselves, and stop before the search becomes long."""
        if id(referrer) in ignored or _is_ours(referrer):
            return False
        looked[0] += 1
        return looked[0] <= _MOST_LOOKS

    output = io.StringIO()
    objgraph.show_backrefs(
        survivor,
        max_depth=_DEPTH,
        too_many=_TOO_MANY,
        filter=wanted,
        output=output,
        extra_ignore=ignored,
    )
    return {"dot": output.getvalue(), "drawn_by": "objgraph " + str(getattr(objgraph, "__version__", ""))}


def _private_objgraph() -> Any:
    """Load objgraph under a name of its own, with everything replaced that could run the program's code."""
    try:
        spec = importlib.util.find_spec("objgraph")
        if spec is None or spec.origin is None:
            return None
        private = importlib.util.spec_from_file_location(_COPY, spec.origin)
        if private is None or private.loader is None:
            return None
        module: Any = importlib.util.module_from_spec(private)
        private.loader.exec_module(module)
    except Exception:
        return None
    if not (hasattr(module, "_obj_label") and hasattr(module, "_edge_label") and hasattr(module, "show_backrefs")):
        return None
    module._obj_label = _node_label
    module._edge_label = _edge_label
    # `hasattr(getattr(obj, "__class__", None), "__del__")` would run __getattribute__ and properties.
    module.getattr = lambda obj, name, default=None: type(obj) if name == "__class__" else default
    module.hasattr = lambda obj, name: False
    module.is_proper_module = _is_module
    module.inspect = types.SimpleNamespace(ismodule=_is_module)
    return module


def _is_module(obj: Any) -> bool:
    return issubclass(type(obj), types.ModuleType)


def _is_ours(obj: Any) -> bool:
    """Say whether a referrer is an object of the agent or a frame of this search."""
    if type(obj) is not types.FrameType:
        return type_name(type(obj)).startswith(_PACKAGE)
    name = obj.f_globals.get("__name__")
    return type(name) is str and name.startswith((_PACKAGE, _COPY))


def _node_label(obj: Any, extra_info: Any = None, refcounts: bool = False, shortnames: bool = True) -> str:
    base, measure = sizer(type(obj))
    size = base + (measure(obj) if measure is not None else 0)
    count = edges.entries(obj)
    detail = f"{size} B" if count is None else f"{count} entries, {size} B"
    return _quote(edges.node_name(obj)) + "\\n" + detail


def _edge_label(source: Any, target: Any, shortnames: bool = True) -> str:
    if edges.is_namespace(source, target):
        label = "__dict__"
    elif type(source) is dict and any(edges.is_namespace(owner, source) for owner in _owners(source)):
        label = edges.namespace_label(source, target)
    else:
        label = edges.edge_label(source, target)
    label = label.replace("→", "").strip()
    return f' [label="{_quote(label)}"]' if label else ""


def _owners(namespace: dict[Any, Any]) -> list[Any]:
    """Return the module or class a dict may be the namespace of, found without a search."""
    name = dict.get(namespace, "__name__")
    module = sys.modules.get(name) if type(name) is str else None
    return [module] if module is not None and any(held is namespace for held in get_referents(module)) else []


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "")
