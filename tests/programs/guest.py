"""Compares the process it runs in, before, during and after the measurements. Prints what differs when it ends."""

import atexit
import gc
import sys
import threading
import tracemalloc

import objgraph

gc.set_threshold(601, 7, 9)
gc.set_debug(0)
sys.setrecursionlimit(1234)
kept = []
original = objgraph._obj_label, objgraph._edge_label, objgraph.show_backrefs, objgraph.__name__


class Plain:
    """An ordinary instance: it has no dict until somebody asks for it."""

    def __init__(self):
        self.payload = [self.__class__.__name__]


def state():
    """Return what a guest must leave as it was."""
    return {
        "enabled": gc.isenabled(),
        "threshold": gc.get_threshold(),
        "debug": gc.get_debug(),
        "frozen": gc.get_freeze_count(),
        "callbacks": len(gc.callbacks),
        "threads": [thread.name for thread in threading.enumerate()],
        "tracers": (sys.gettrace(), sys.getprofile()),
        "recursion": sys.getrecursionlimit(),
        "path": list(sys.path),
        "argv": list(sys.argv),
        "hooks": (sys.excepthook, sys.unraisablehook, sys.displayhook, sys.stdout, sys.stderr, sys.stdin),
        "switch": sys.getswitchinterval(),
        "main": sys.modules["__main__"].__dict__.get("__file__"),
        "objgraph": (objgraph._obj_label, objgraph._edge_label, objgraph.show_backrefs, objgraph.__name__),
    }


before = state()
differences = []


def compare(when):
    """Note what is not as it was at the beginning."""
    now = state()
    differences.extend((when, name, before[name], now[name]) for name in before if before[name] != now[name])


def work():
    """Keep an instance."""
    kept.append(Plain())
    if len(kept) in (1, 2, 20, 60, 300):
        compare(f"call {len(kept)}")


def has_dict(instance):
    """Say whether an instance's dict was made, without making it."""
    return any(type(referent) is dict for referent in gc.get_referents(instance))


@atexit.register
def tell():
    """Print what was found."""
    compare("end")
    print("calls", len(kept))
    print("differences", differences)
    print("with dict", sum(map(has_dict, kept)))
    print("tracing", tracemalloc.is_tracing())
    print("argv", sys.argv)
    print("main", sys.modules["__main__"].__dict__.get("__file__"), before["main"])
    print("agent on path", [entry for entry in sys.path if "snapdiff" in entry and "agent" in entry])
    print("objgraph", original == before["objgraph"])
