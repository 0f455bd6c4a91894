"""What usually cures a kind of leak: rules over the container, the chain and the types, and over nobody's names."""

from __future__ import annotations

import re

import pytest

from snapdiff.analysis.model import ChainNode, Container, Verdict
from snapdiff.report import cure_texts
from snapdiff.report.cures import cure


def held(*steps, **changes):
    """A chain of (label, type) steps, whose last one is the container."""
    chain = tuple(ChainNode(label, kind) for label, kind in steps)
    size = changes.pop("size", 3)
    return {"chain": chain, "container": Container("p", chain[-1].type, size, None), "other_types": (), **changes}


MODULE = ("module a", "module")
CLASS = (".C", "type")
OBJECT = (".w", "app.Worker")
LIST, DICT = (".l", "list"), (".d", "dict")


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        # What Python itself keeps.
        ("del sys.modules[name]", held(("module sys", "module"), (".modules", "dict"), type="module")),
        ("warnings.catch_warnings()", held(("module _warnings", "module"), (".filters", "list"), type="tuple")),
        ("out of the text", held(MODULE, (".__warningregistry__", "dict"), type="tuple")),
        (
            "weakref.finalize stays registered",
            held(
                ("module weakref", "module"),
                (".finalize", "type"),
                ("._registry", "dict"),
                type="weakref.finalize._Info",
            ),
        ),
        ("atexit.unregister()", held(("atexit", "module"), ("→ registered functions", "table"), type="app.Job")),
        (
            "LoggerAdapter",
            held(("module logging", "module"), (".Logger", "type"), (".loggerDict", "dict"), type="logging.Logger"),
        ),
        ("removeHandler()", held(MODULE, (".log", "logging.Logger"), (".handlers", "list"), type="app.OwnHandler")),
        (
            "removeHandler()",
            held(("module logging", "module"), ("._handlerList", "list"), type="weakref.ReferenceType"),
        ),
        # What objects have taken natively goes with them.
        ("they are done", held(MODULE, LIST, domain="native", type="lxml.etree._Element")),
        # Caches.
        ("leave out of its arguments", held(MODULE, (".f", "functools._lru_cache_wrapper"))),
        ("cache on the instance", held(MODULE, CLASS, (".f", "functools._lru_cache_wrapper"))),
        # What lives as long as a context, a thread, a loop.
        ("reset(token)", held(MODULE, (".c", "_contextvars.Context"), ("→ context variable x", "tuple"), type="str")),
        ("A thread-local lives", held(MODULE, (".x", "_thread._local"), ("→ dict", "dict"), ("{value}", "list"))),
        ("asyncio.timeout()", held(MODULE, (".s", "set"), type="_asyncio.Task")),
        (
            "remove_done_callback()",
            held(MODULE, (".f", "_asyncio.Future"), ("→ list", "list"), type="functools.partial"),
        ),
        ("Queue(maxsize=…)", held(MODULE, (".q", "asyncio.queues.Queue"), ("._queue", "collections.deque"))),
        ("Queue(maxsize=…)", held(MODULE, (".q", "_queue.SimpleQueue"))),
        ("Give the deque a maxlen", held(MODULE, (".q", "collections.deque"))),
        # Functions and frames.
        ("Use None as the default", held(MODULE, (".f", "function"), ("→ default seen of f", "list"))),
        ("Use None as the default", held(MODULE, (".f", "function"), (".__defaults__", "tuple"))),
        ("an inner function closes over", held(MODULE, (".f", "function"), ("→ closure variable x of f", "list"))),
        ("that never ends", held(MODULE, (".g", "generator"), ("→ local variable x of g()", "list"), type="float")),
        ("contextlib.closing", held(MODULE, LIST, type="generator")),
        ("contextlib.closing", held(MODULE, LIST, type="coroutine")),
        ("that is still running", held(("frame of work()", "frame"), (".rows", "list"), type="dict")),
        # What the survivors are.
        ("with_traceback(None)", held(MODULE, LIST, type="app.Bad", other_types=("frame", "traceback"))),
        ("A class is made in every call", held(MODULE, LIST, type="type")),
        ("A class is made in every call", held(MODULE, DICT, type="_collections._tuplegetter")),
        ("nothing unlinks them", held(MODULE, (".head", "app.Step"), size=None, type="app.Step")),
        ("nothing unlinks them", held(MODULE, (".top", "app.Node"), (".children", "dict"), type="app.Node")),
        ("Each registration", held(MODULE, OBJECT, LIST, other_types=("method",))),
        ("Each registration", held(MODULE, ("._callbacks", "list"))),
        ("so something else keeps", held(MODULE, (".w", "weakref.WeakValueDictionary"), (".data", "dict"))),
        # Texts.
        ("One str that only gets longer", held(MODULE, (".t", "str"), type="str", unit="bytes")),
        ("One bytearray that only gets", held(MODULE, OBJECT, (".t", "bytearray"), type="bytearray", unit="bytes")),
        (
            "One ndarray that only gets",
            held(MODULE, OBJECT, (".a", "numpy.ndarray"), type="numpy.ndarray", unit="bytes", domain="arrow"),
        ),
        # A parser has functions in it, and is none.
        ("This dict lives", held(MODULE, DICT, type="lib.Parser", other_types=("function", "functools.partial"))),
        ("Each registration", held(MODULE, DICT, type="dict", other_types=("functools.partial",))),
        ("One array that only gets", held(MODULE, (".t", "array.array"), type="array.array", unit="bytes")),
        ("seek(0) and truncate()", held(MODULE, (".t", "_io.BytesIO"), size=None, type="_io.BytesIO", unit="bytes")),
        # Plain collections, by who owns them.
        ("This dict lives as long as the process", held(MODULE, CLASS, DICT)),
        ("This list lives as long as the process", held(MODULE, LIST)),
        ("This list lives as long as the process", held(MODULE, DICT, ('["alpha"]', "list"))),
        ("The object that owns this list", held(MODULE, OBJECT, LIST)),
        ("The object that owns this OrderedDict", held(MODULE, OBJECT, (".d", "collections.OrderedDict"))),
        ("delattr()", held(MODULE, OBJECT, size=None, type="app.Rule")),
        # What no holder explains.
        ("C, C++ or Rust holds them", {"container": None, "chain": (), "held_natively": True}),
        ("a missing Py_DECREF", {"container": None, "chain": (), "held_natively": True, "type": None}),
        ("what the allocating line calls", {"domain": "native", "container": None, "chain": (), "unit": "bytes"}),
        ("no line was seen", {"domain": "native", "container": None, "chain": (), "unit": "bytes", "born_at": ()}),
        ("Arrow counts only", {"domain": "arrow", "container": None, "chain": (), "unit": "bytes"}),
        ("in a with block, or close", {"domain": "fd"}),
        ("the collector frees these", {"verdict": Verdict.CYCLE}),
        ("Record again", {"container": None, "chain": (), "verdict": Verdict.INCONCLUSIVE}),
        ("Walk the chain", {"container": None, "chain": ()}),
    ],
)
def test_the_cure_fits_what_holds_the_survivors(build, expected, changes):
    assert expected in cure(build.finding(**changes))


@pytest.mark.parametrize(
    ("unexpected", "changes"),
    [
        ("removeHandler()", held(MODULE, OBJECT, (".handlers", "list"))),
        ("with_traceback", held(MODULE, LIST)),
        ("nothing unlinks them", held(MODULE, OBJECT, LIST)),
        ("cache on the instance", held(MODULE, CLASS, DICT)),
        ("delattr()", held(MODULE, OBJECT, (".b", "_io.BytesIO"), size=None, unit="bytes")),
        ("C, C++ or Rust", held(MODULE, LIST)),
    ],
)
def test_a_cure_is_not_given_where_only_a_part_fits(build, unexpected, changes):
    assert unexpected not in cure(build.finding(**changes))


def test_no_cure_leaves_a_blank_unfilled(build):
    for text in [
        cure(build.finding(**held(MODULE, LIST))),
        cure(build.finding(**held(("frame of f()", "frame"), LIST))),
    ]:
        assert "{" not in text


def test_every_text_is_short_enough_for_a_card():
    texts = [value for name, value in vars(cure_texts).items() if name.isupper() and isinstance(value, str)]
    assert 30 < len(texts)
    assert [] == [text for text in texts if len(text) > 320 or not text.endswith((".", ")"))]
    assert {"{kind}"} == {blank for text in texts for blank in re.findall(r"\{\w*\}", text)}
