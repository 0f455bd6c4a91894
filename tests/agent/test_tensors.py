"""Memory of torch's tensors on the CPU: every storage once, nothing of the program's called, nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from itertools import pairwise
from typing import ClassVar
from unittest.mock import MagicMock

import pytest

from snapdiff.agent import libraries, tensors
from snapdiff.agent.untraced import not_ours

BATCH = 64 * 256 * 4

#: Prints {what is done: bytes more than before}.
CASES = """
import gc, json, sys
import torch
from snapdiff.agent import allocators, tensors
from snapdiff.agent.untraced import not_ours

called, found = [], {}

def read():
    gc.collect()
    native, python = (tensors.read(not_ours(), walker) for walker in (allocators.load(), None))
    assert native == python, (native, python)
    return native

before = read()

def note(name):
    found[name] = read() - before

whole = torch.ones(1000, 100)
note("whole")
part, turned = whole[3:5], whole.t()
note("views of it")
del whole, turned
note("a view alone")
del part
note("nothing")
beside = [torch.ones(50, device="meta"), torch.ones(5, 5).to_sparse(), torch.empty(0), torch.arange(0)]
note("meta, sparse, empty")
array = memoryview(bytearray(800))
same = [torch.frombuffer(array, dtype=torch.float32), torch.frombuffer(array, dtype=torch.float32)]
note("one buffer twice")
del same, array

from torch._subclasses.fake_tensor import FakeTensorMode
with FakeTensorMode():
    fake = torch.ones(1000)
    note("a fake one, in its mode")

class Loud(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args, **kwargs):
        called.append("function")
        return super().__torch_function__(*args, **kwargs)
    is_cpu = property(lambda self: called.append("is_cpu"))
    def data_ptr(self): called.append("data_ptr")
    const_data_ptr = storage_offset = element_size = untyped_storage = data_ptr

class Meta(type(torch.Tensor)):
    def __hash__(cls): called.append("hash"); return 1
    def __eq__(cls, other): called.append("eq"); return cls is other
    def __getattribute__(cls, name): called.append(name); return super().__getattribute__(name)
    def mro(cls): return super().mro()

class Odd(torch.Tensor, metaclass=Meta): pass

loud, odd = torch.ones(100).as_subclass(Loud), torch.ones(25).as_subclass(Odd)
called.clear()
note("subclasses")
found["called"] = list(called)

class Wrapped(torch.Tensor):
    @staticmethod
    def __new__(cls, inner):
        made = torch.Tensor._make_wrapper_subclass(cls, inner.shape)
        made.inner = inner
        return made
    @classmethod
    def __torch_dispatch__(cls, *args, **kwargs): called.append("dispatch")

wrapped = Wrapped(torch.ones(10))
note("within a wrapper")

class Listening(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        called.append(func)
        return func(*args, **(kwargs or {}))

with Listening():
    called.clear()
    note("in a mode")
    found["called in a mode"] = len(called)
found["modes are as before"] = torch._C._is_torch_function_enabled()

many = [torch.ones(2) for _ in range(500)]
read(), read()
gc.collect()
blocks = sys.getallocatedblocks()
for _ in range(10):
    tensors.read(not_ours(), allocators.load())
    tensors.read(not_ours())
gc.collect()
found["blocks left by twenty readings of 500"] = sys.getallocatedblocks() - blocks
tensors._MOST_TENSORS = 400
found["too many"] = read()
print(json.dumps(found))
"""


def test_every_storage_of_live_tensors_is_counted_once_and_nothing_of_the_programs_is_called():
    pytest.importorskip("torch", reason="torch is not installed")
    done = subprocess.run([sys.executable, "-c", CASES], capture_output=True, text=True, timeout=240, check=False)
    assert "" == done.stderr
    found = json.loads(done.stdout)
    # A sparse tensor's values and places are tensors that only C++ holds.
    assert {
        "whole": 400_000, "views of it": 400_000, "a view alone": 400_000, "nothing": 0, "meta, sparse, empty": 0,
        "one buffer twice": 800, "a fake one, in its mode": 0, "subclasses": 500, "called": [], "within a wrapper": 540,
        "in a mode": 540, "called in a mode": 0, "modes are as before": True, "too many": None,
    } == {name: value for name, value in found.items() if not name.startswith("blocks")}  # fmt: skip
    # The number itself is one.
    assert found["blocks left by twenty readings of 500"] <= 1


def test_a_batch_that_a_kept_row_keeps_is_one_finding_with_all_its_bytes(measure):
    pytest.importorskip("torch", reason="torch is not installed")
    report = measure("uses_torch.py:keep_rows", rounds=(1, 3, 8), trace="off", max_time=1)
    (row,) = [row for row in report["ledger"] if row["owner"] == "torch.cpu"]
    calls = [each["iterations"] for each in report["rounds"]]
    gained = [after - before for before, after in pairwise(row["bytes"])]
    assert [BATCH * number for number in calls] == gained
    assert "within" == row["kind"]
    (leak,) = [each for each in report["findings"] if each["verdict"] != "one-time"]
    assert ("leak", "torch.Tensor", calls) == (leak["verdict"], leak["type"], leak["growth"])
    assert leak["bytes_per_iteration"] > BATCH
    assert (0, True) == (report["control"]["objects"], report["control"]["ran"])


# -- where it cannot be known -----------------------------------------------------------------------------


def test_torch_is_never_imported_for_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch._C", raising=False)
    assert tensors.read(not_ours()) is None
    assert "torch._C" not in sys.modules


def test_another_torch_than_those_known_is_not_guessed_at(monkeypatch):
    for name, part in (("torch", "UntypedStorage"), ("torch._C", "StorageBase")):
        module = types.ModuleType(name)
        setattr(module, part, bytearray)
        monkeypatch.setitem(sys.modules, name, module)
    assert tensors.read(not_ours()) is None


def test_what_stands_in_for_torch_in_a_programs_tests_is_not_touched(monkeypatch):
    stand_ins = {name: MagicMock() for name in ("torch", "torch._C")}
    for name, stand_in in stand_ins.items():
        monkeypatch.setitem(sys.modules, name, stand_in)
    assert tensors.read(not_ours()) is None
    assert [[], []] == [stand_in.mock_calls for stand_in in stand_ins.values()]


class Storage:
    """A storage as torch keeps it: in words at an address, which are here in a dictionary."""

    words: ClassVar[dict[int, int]] = {}
    layout = ("table", "references", "data", "deleter", "context", "device", "size")

    def __init__(self, size):
        begin = 0x1000 * (1 + len(self.words))
        self.data = begin + 0x100
        held = {"data": self.data, "context": self.data, "size": size, "device": 0xFF00}
        for at, name in enumerate((*self.layout, "", "")):
            self.words[begin + 8 * at] = held.get(name, 7)
        self._begin = begin

    @property
    def _cdata(self):
        return self._begin

    def data_ptr(self):
        return self.data


def place_of(*layout):
    kind = type("Kind", (Storage,), {"layout": layout, "words": {}})
    return tensors._place(kind, Storage, lambda address: types.SimpleNamespace(value=kind.words.get(address, 7)))


def test_where_a_storage_has_its_size_is_looked_up_and_not_assumed():
    assert 16 == place_of(*Storage.layout)
    assert 24 == place_of("table", "references", "weak", "data", "deleter", "context", "device", "size")
    assert place_of("table", "references", "data", "deleter", "context", "size", "device") is None
    assert place_of("table", "references", "data", "deleter", "context", "device", "more", "size") is None


# -- the graphics card ------------------------------------------------------------------------------------


def card(initialised=True):
    """A stand-in with the public names of torch.cuda, for two cards; there is none on the machines of these tests."""
    used, kept, peaks = {0: 1000, 1: 20}, {0: 4096, 1: 512}, {0: 3000, 1: 20}
    return types.SimpleNamespace(
        is_initialized=lambda: initialised, device_count=lambda: 2, memory_allocated=used.__getitem__,
        memory_reserved=kept.__getitem__, max_memory_allocated=peaks.__getitem__,
    )  # fmt: skip


def test_memory_of_all_graphics_cards_is_told_with_its_peak(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.cuda", card())
    rows = [row for row in libraries.read(None) if row[0].startswith("torch.")]
    assert [
        ("torch.cuda", 1020, 3020, "torch.cuda.memory_allocated"),
        ("torch.cuda_reserved", 4608, None, "torch.cuda.memory_reserved"),
    ] == rows


def test_cards_that_the_program_has_not_begun_to_use_are_not_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.cuda", card(initialised=False))
    assert [] == [row for row in libraries.read(None) if row[0].startswith("torch.")]


def test_a_card_that_fails_to_answer_has_no_row_and_the_others_owners_keep_theirs(monkeypatch):
    broken = card()
    broken.memory_allocated = None
    monkeypatch.setitem(sys.modules, "torch.cuda", broken)
    assert [] == [row for row in libraries.read(None) if row[0].startswith("torch.")]
