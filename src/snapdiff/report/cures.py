"""What usually cures a kind of leak: plain rules over the container and the edges of the chain.

These are habits, not a diagnosis; the page says so. No rule looks at anyone's names beyond the names of
Python's own types and attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from snapdiff.analysis.model import Finding, Verdict

_CYCLE: Final = (
    "Nothing has to be released: the collector frees these. If it comes too late for the memory "
    "at hand, break the cycle (a weakref for the way back to the parent) or call gc.collect() "
    "after the large step."
)
_UNKNOWN: Final = (
    "Walk the chain from the top: the last name before the survivor is the one that should "
    "forget. Give each thing that is added a moment at which it is removed, and make that moment "
    "part of the same function."
)
_INCONCLUSIVE: Final = "Record again with more calls in the last round (--rounds), on a quiet machine."

_DOMAINS: Final[dict[str, str]] = {
    "native": (
        "The memory belongs to an extension, not to Python objects. Look for a handle that wants "
        "close(), a with block or a pool to clear; then try the same calls against the extension "
        "alone."
    ),
    "arrow": (
        "Arrow buffers live as long as any table, batch or slice of them. Drop the slices, copy "
        "the small part that is kept, and call release_unused() on the memory pool before calling "
        "it a leak."
    ),
    "fd": "Open the file, socket or pipe in a with block, or close it in the finally of the same function.",
    "thread": "Join the thread, shut its executor down, or keep one pool for the life of the process.",
    "task": "Await or cancel each task, and keep tasks in a set that discards them in a done callback.",
    "process": "Wait for each child (communicate(), join()) and close its pipes.",
}

_LRU: Final = (
    "A cache without maxsize never forgets. Give it a maxsize, and do not put it on a method: the "
    "cache then keeps every self that ever called it (functools.cached_property keeps the value "
    "on the object instead)."
)
_HANDLERS: Final = (
    "A handler is added with each call. Add it once, when the program starts, or remove it again "
    "in a finally: logging keeps the handlers of a logger for as long as the process lives."
)
_CALLBACKS: Final = (
    "Each registration wants its deregistration. Register once, or unregister in the finally of "
    "the same function; a list of weakref.WeakMethod lets go of listeners by itself."
)
_TRACEBACK: Final = (
    "A stored exception keeps its traceback, and that keeps every local variable of every frame. "
    "Store its text, or clear it with error.with_traceback(None) before keeping it."
)
_CLOSURE: Final = (
    "A function object that is kept alive keeps the variables it closes over. Pass it what it "
    "needs instead, or let go of the function when its work is done."
)
_GENERATOR: Final = "A suspended generator or coroutine keeps its frame. Run it to its end, or close() it."
_DEQUE: Final = "Give the queue a maxlen, or make sure that what fills it is also emptied by someone."
_DEFAULT_ARGUMENT: Final = (
    "A mutable default argument lives as long as the function. Use None as the default and make the object inside."
)
_GLOBAL_MAPPING: Final = (
    "A module or a class lives as long as the process, and so does every entry of its {type}. "
    "Remove the entry when its work is done, bound the {type} (an LRU with a maximum), or use "
    "weakref.WeakValueDictionary if it is only an index of things that others own."
)
_GLOBAL_SEQUENCE: Final = (
    "A module or a class lives as long as the process, and so does everything in its {type}. Take "
    "things out when they are done, keep only the last ones (collections.deque with maxlen), or "
    "keep the {type} in the caller."
)
_INSTANCE: Final = (
    "The object that owns this {type} outlives the calls. Clear it at the end of each call, bound "
    "it, or keep what a call needs in local variables."
)
_THREAD_LOCAL: Final = (
    "Thread-local and context variables live as long as their thread. Reset the variable with its "
    "token, or clear it in a finally."
)

_MAPPINGS: Final = frozenset({"dict", "defaultdict", "OrderedDict", "Counter", "WeakKeyDictionary", "mappingproxy"})
_SEQUENCES: Final = frozenset({"list", "set", "bytearray", "array", "str", "bytes", "tuple", "frozenset"})


def cure(finding: Finding) -> str:
    """Return one or two sentences about what usually cures a finding of this kind."""
    if finding.verdict is Verdict.CYCLE:
        return _CYCLE
    if finding.domain in _DOMAINS:
        return _DOMAINS[finding.domain]
    kinds = {node.type.rpartition(".")[2] for node in finding.chain}
    labels = " ".join(node.label for node in finding.chain)
    kind = finding.container.type.rpartition(".")[2] if finding.container is not None else ""
    kinds.add(kind)
    for applies, sentence in _RULES:
        if applies(kinds, labels):
            return sentence
    if kind in _MAPPINGS or kind in _SEQUENCES:
        if not _is_permanent(finding):
            return _INSTANCE.format(type=kind)
        return (_GLOBAL_MAPPING if kind in _MAPPINGS else _GLOBAL_SEQUENCE).format(type=kind)
    if finding.verdict is Verdict.INCONCLUSIVE:
        return _INCONCLUSIVE
    return _UNKNOWN


def _is_permanent(finding: Finding) -> bool:
    """Whether the owner of the container is a module or a class, as against an instance."""
    owners = finding.chain[:-1] or finding.chain
    return all(node.type.rpartition(".")[2] in {"module", "type", "ABCMeta", "EnumType"} for node in owners)


#: The special cases, the most telling first: (does it apply to these types and this chain, what cures it).
_RULES: Final[tuple[tuple[Callable[[set[str], str], bool], str], ...]] = (
    (lambda kinds, labels: "_lru_cache_wrapper" in kinds or "lru_cache" in labels, _LRU),
    (lambda kinds, labels: "handlers" in labels or "_handlerList" in labels, _HANDLERS),
    (lambda kinds, labels: "__defaults__" in labels or "__kwdefaults__" in labels, _DEFAULT_ARGUMENT),
    (lambda kinds, labels: bool(kinds & {"traceback", "frame"}) or "__traceback__" in labels, _TRACEBACK),
    (lambda kinds, labels: bool(kinds & {"generator", "coroutine", "async_generator"}), _GENERATOR),
    (lambda kinds, labels: bool(kinds & {"_local", "local", "ContextVar", "Context"}), _THREAD_LOCAL),
    (lambda kinds, labels: any(word in labels for word in ("callback", "listener", "atexit")), _CALLBACKS),
    (lambda kinds, labels: "deque" in kinds, _DEQUE),
    (lambda kinds, labels: "cell" in kinds or "__closure__" in labels, _CLOSURE),
)
