"""What usually cures a kind of leak: plain rules over the container, the chain and the type of the survivors.

These are habits, not a diagnosis; the page says so. No rule looks at anyone's names beyond the names of
Python's own modules, types and attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from snapdiff.analysis.model import Finding, Verdict
from snapdiff.report import cure_texts as texts

_MAPPINGS: Final = frozenset({"dict", "defaultdict", "OrderedDict", "Counter", "mappingproxy", "ChainMap"})
_SEQUENCES: Final = frozenset({"list", "set", "array", "tuple", "frozenset", "deque"})
_TEXTS: Final = frozenset({"str", "bytes", "bytearray", "array", "ndarray"})
_STREAMS: Final = frozenset({"BytesIO", "StringIO"})
_CLASSES: Final = frozenset({"type", "ABCMeta", "EnumType", "EnumMeta"})
#: Steps of a chain that own nothing by themselves: they live as long as what is above them.
_PERMANENT: Final = _CLASSES | _MAPPINGS | _SEQUENCES | {"module"}
_SUSPENDED: Final = frozenset({"generator", "coroutine", "async_generator"})
_FUTURES: Final = frozenset({"Future", "Task", "Event", "Condition"})
_QUEUES: Final = frozenset({"Queue", "LifoQueue", "PriorityQueue", "SimpleQueue", "JoinableQueue"})
_WEAK: Final = frozenset(
    {"WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "ReferenceType", "KeyedRef", "WeakMethod"}
)
_CALLABLES: Final = frozenset({"function", "method", "partial", "WeakMethod"})
_METHODS: Final = frozenset({"method", "WeakMethod"})
_HANDLER_LISTS: Final = (".handlers", "._handlerList", "._handlers")
_CALLBACK_LISTS: Final = ("callback", "listener", "observer", "subscriber", "hook", "handler", "slots")


@dataclass(frozen=True)
class _Facts:
    """What the rules look at. Types without their modules, but for `kind` and `survivor`."""

    root: str
    labels: tuple[str, ...]
    types: tuple[str, ...]
    """Of the chain, from the root down."""
    holder: str
    """The container's type, without its module."""
    survivor: str
    """The survivors' type, with its module."""
    grown: frozenset[str]
    """All types that grow."""
    unit: str
    is_collection: bool

    def has_label(self, *ends: str) -> bool:
        return any(label.endswith(end) for label in self.labels for end in ends)

    def has_word(self, word: str) -> bool:
        return any(word in label for label in self.labels)

    def through(self, kinds: frozenset[str]) -> bool:
        return any(each in kinds for each in self.types)


def cure(finding: Finding) -> str:
    """Return one to three sentences about what usually cures a finding of this kind."""
    if finding.verdict is Verdict.CYCLE:
        return texts.CYCLE
    # What Python objects have taken natively goes with them, as does that of one object that gets longer.
    theirs = finding.container is not None and (finding.domain == "native" or finding.unit == "bytes")
    if finding.domain in texts.DOMAINS and not theirs:
        no_line = finding.domain == "native" and not finding.born_at
        return texts.NO_LINE if no_line else texts.DOMAINS[finding.domain]
    if finding.held_natively:
        return texts.LOST if finding.type is None else texts.NATIVE
    facts = _facts(finding)
    if finding.container is not None or finding.chain:
        for applies, sentence in _RULES:
            if applies(facts):
                return sentence.format(kind=facts.holder or "container")
    if finding.verdict is Verdict.INCONCLUSIVE:
        return texts.INCONCLUSIVE
    return texts.UNKNOWN


def _facts(finding: Finding) -> _Facts:
    kind = finding.container.type if finding.container is not None else finding.chain[-1].type if finding.chain else ""
    grown = {finding.type or "", *finding.other_types} - {""}
    return _Facts(
        root=finding.chain[0].label if finding.chain else "",
        labels=tuple(node.label for node in finding.chain),
        types=tuple(_short(node.type) for node in finding.chain),
        holder=_short(kind),
        survivor=finding.type or "",
        grown=frozenset(_short(each) for each in grown),
        unit=finding.unit,
        is_collection=finding.container is not None and finding.container.size is not None,
    )


def _short(kind: str) -> str:
    return kind.rpartition(".")[2]


def _is_permanent(facts: _Facts) -> bool:
    """Whether the container is owned by a module or a class, through collections at most, as against an instance."""
    return all(kind in _PERMANENT for kind in facts.types[:-1])


def _is_callback(facts: _Facts) -> bool:
    """Whether callables are kept: themselves, or by way of a method. Other functions are parts of many objects."""
    own = _CALLABLES if "." not in facts.survivor or _short(facts.survivor) in _CALLABLES else _METHODS
    return bool(facts.grown & own)


def _is_linked(facts: _Facts) -> bool:
    """Whether survivors hang on one of their own kind, as in a linked list or a tree."""
    own = _short(facts.survivor)
    return facts.unit != "bytes" and "." in facts.survivor and own in facts.types and own not in _PERMANENT


def _is_logging_list(facts: _Facts) -> bool:
    in_logging = facts.survivor.startswith("logging.") or facts.root == "module logging" or facts.through(_LOGGERS)
    return facts.has_label(*_HANDLER_LISTS) and in_logging


_LOGGERS: Final = frozenset({"Logger", "RootLogger"})

#: (condition, text), the first that applies. What Python itself keeps comes before kinds of containers.
_RULES: Final[tuple[tuple[Callable[[_Facts], bool], str], ...]] = (
    (lambda it: it.root == "module sys" and it.has_label(".modules"), texts.MODULES),
    (lambda it: it.root in ("module warnings", "module _warnings"), texts.WARNINGS),
    (lambda it: it.has_label("__warningregistry__"), texts.WARNED),
    (
        lambda it: (
            it.survivor == "weakref.finalize._Info" or (it.has_label(".finalize") and it.has_label("._registry"))
        ),
        texts.FINALIZE,
    ),
    (lambda it: it.root in ("atexit", "module atexit"), texts.ATEXIT),
    (lambda it: it.has_label(".loggerDict") or it.survivor in ("logging.Logger", "logging.PlaceHolder"), texts.LOGGERS),
    (_is_logging_list, texts.HANDLERS),
    (lambda it: it.holder == "_lru_cache_wrapper" and bool(set(it.types[:-1]) & _CLASSES), texts.LRU_METHOD),
    (lambda it: "_lru_cache_wrapper" in it.types or it.holder == "_lru_cache_wrapper", texts.LRU),
    (lambda it: it.has_word("context variable "), texts.CONTEXT),
    (lambda it: "_local" in it.types, texts.THREAD_LOCAL),
    (lambda it: bool({"Task"} & it.grown) and not it.through(_FUTURES), texts.TASKS),
    (lambda it: it.through(_QUEUES) or it.holder in _QUEUES, texts.QUEUE),
    (lambda it: it.through(_FUTURES), texts.FUTURE),
    (lambda it: it.has_word("default ") and it.has_word(" of "), texts.DEFAULT),
    (lambda it: it.has_word("__defaults__") or it.has_word("__kwdefaults__"), texts.DEFAULT),
    (lambda it: it.has_word("closure ") or it.has_word("__closure__"), texts.CLOSURE),
    (lambda it: bool({*it.types[:-1]} & _SUSPENDED) or it.has_word("local variable "), texts.IN_GENERATOR),
    (lambda it: it.holder in _SUSPENDED or bool({_short(it.survivor)} & _SUSPENDED), texts.GENERATORS),
    (lambda it: it.root.startswith("frame of "), texts.FRAME),
    (lambda it: bool({"traceback", "frame"} & it.grown) or it.has_word("__traceback__"), texts.TRACEBACK),
    (lambda it: bool({_short(it.survivor)} & (_CLASSES | {"_tuplegetter", "getset_descriptor"})), texts.CLASSES),
    (lambda it: it.unit == "bytes" and it.holder in _STREAMS, texts.STREAM),
    (lambda it: it.holder in _STREAMS, texts.STREAM),
    (lambda it: it.holder in _TEXTS - {"array", "ndarray"} or (it.unit == "bytes" and it.holder in _TEXTS), texts.TEXT),
    (_is_linked, texts.LINKED),
    (lambda it: it.through(_WEAK) or _short(it.survivor) == "KeyedRef", texts.WEAK),
    (
        lambda it: _is_callback(it) or any(word in it.labels[-1].lower() for word in _CALLBACK_LISTS if it.labels),
        texts.CALLBACKS,
    ),
    (lambda it: it.holder == "deque", texts.DEQUE),
    (lambda it: it.holder in _MAPPINGS and _is_permanent(it), texts.GLOBAL_MAPPING),
    (lambda it: it.holder in _SEQUENCES and _is_permanent(it), texts.GLOBAL_SEQUENCE),
    (lambda it: it.holder in _MAPPINGS | _SEQUENCES, texts.INSTANCE),
    (lambda it: bool(it.holder) and not it.is_collection and it.unit != "bytes", texts.ATTRIBUTES),
)
