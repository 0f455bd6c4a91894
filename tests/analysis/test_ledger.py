"""The division of resident memory: parts that never overlap, and the rest, whatever owners say."""

from __future__ import annotations

import itertools

import pytest

from snapdiff.analysis.model import LedgerKind

OWNERS = {
    "resident": 1000, "files.mapped": 200, "shared": 10, "stacks": 20, "malloc.resident": 300, "malloc.in_use": 250,
    "malloc.free": 45, "malloc.mapped": 500, "malloc.mapped_resident": 60, "mimalloc.resident": 50,
    "arrow.mimalloc": 30, "arrow.system": 40, "pymalloc.arenas": 280, "pymalloc.used": 260, "python.large": 100,
    "snapdiff.pymalloc": 25, "snapdiff.malloc": 15, "snapdiff.mapped": 35, "tracemalloc": 5, "probe.tiles": 7,
}  # fmt: skip


@pytest.fixture
def holding(program):
    """Return the analysis of a program whose owners say the same at each checkpoint."""

    def make(**owners):
        found = program()
        for owner, value in {**OWNERS, **owners}.items():
            if value is not None:
                found.owns(owner, *[value] * 5)
        return found.analysis()

    return make


def parts(analysis):
    return {row.owner: row.bytes[-1] for row in analysis.ledger if row.kind is LedgerKind.PART}


def test_resident_memory_is_divided_among_its_owners(holding):
    assert {
        "python.small": 260 - 25,
        "python.large": 100,
        "pymalloc.kept": 20,
        "native": 250 + 60 - 15 - 5 - 100,
        "malloc.kept": 50,
        "arrow.mimalloc": 30,
        "mimalloc.kept": 20,
        "files": 200,
        "shared": 10,
        "stacks": 20,
        "snapdiff": 25 + 15 + 5 + 35,
        "unexplained": 1000 - 200 - 10 - 20 - 300 - 50 - 280 - 60 - 35,
    } == parts(holding())


def test_what_owners_say_of_themselves_is_no_part(holding):
    told = {row.owner: row.bytes[-1] for row in holding(**{"torch.cuda": 9}).ledger if row.kind is not LedgerKind.PART}
    assert {
        "resident": 1000, "malloc.in_use": 250, "malloc.free": 45, "malloc.mapped": 500, "arrow.system": 40,
        "probe.tiles": 7, "torch.cuda": 9,
    } == told  # fmt: skip


def test_chunks_whose_residence_is_not_known_are_a_line_of_their_own(holding):
    found = parts(holding(**{"malloc.mapped_resident": None, "malloc.mapped": 70, "python.large": 280}))
    # Larger objects are in malloc's heap first, and then in its chunks.
    assert (280, 0, 250 - 20 + 70 - 280) == (found["python.large"], found.get("native", 0), found["chunks"])


def test_memory_that_was_asked_for_and_never_touched_takes_no_room(holding):
    found = parts(holding(**{"malloc.mapped_resident": None, "malloc.mapped": 10**12}))
    assert 0 == found["unexplained"]
    assert 1000 == sum(found.values())


def test_without_mallinfo_what_malloc_has_is_not_divided(holding):
    found = parts(
        holding(**{name: None for name in OWNERS if name.startswith("malloc.") and name != "malloc.resident"})
    )
    assert 300 == found["malloc"]
    assert not {"native", "malloc.kept", "python.large"} & found.keys()


@pytest.mark.parametrize("owner", [owner for owner in OWNERS if owner != "resident"])
@pytest.mark.parametrize("value", [0, 1, 10**15, None])
def test_parts_are_the_whole_whatever_an_owner_says(holding, owner, value):
    found = parts(holding(**{owner: value}))
    assert 1000 == sum(found.values())
    assert all(size >= 0 for size in found.values())


def test_where_resident_memory_is_not_known_at_each_checkpoint_there_is_no_ledger(program, holding):
    assert () == holding(resident=None).ledger
    assert () == program().analysis().ledger
    assert () == program().analysis().peaks


def test_each_checkpoint_is_divided_on_its_own(program):
    found = program().owns("resident", 10, 20, 30, 40, 50).owns("files.mapped", 1, 2, 3, 4, 5).analysis().ledger
    assert {"resident": (10, 20, 30, 40, 50), "files": (1, 2, 3, 4, 5), "unexplained": (9, 18, 27, 36, 45)} == {
        row.owner: row.bytes for row in found
    }


def test_numpy_arrays_are_named_among_pythons_objects(program):
    found = program().owns("resident", *[10**6] * 5).grows("numpy.ndarray", 1, 1, 1, 1, size=800).analysis().ledger
    (row,) = [row for row in found if row.owner == "numpy"]
    assert [800] * 4 == [after - before for before, after in itertools.pairwise(row.bytes)]


# -- peaks, and what came back ----------------------------------------------------------------------------


def test_the_kernels_mark_is_a_rounds_peak_where_it_rose_and_else_the_highest_sample(program):
    found = program().owns("resident", 100, 110, 120, 130, 140, peaks=(None, 500, None, None, 140))
    found.sampled(0.1, 9999, "round", "control", 2).sampled(0.2, 9999, "checkpoint", "workload", 2)
    found.sampled(0.3, 115, "round", "workload", 2).sampled(0.4, 300, "round", "workload", 2)
    peaks = found.analysis().peaks
    assert [(100, 500, 110, True), (110, 300, 120, False), (120, 130, 130, False), (130, 140, 140, True)] == [
        (peak.before, peak.peak, peak.after, peak.exact) for peak in peaks
    ]
    assert [390, 180, 0, 0] == [peak.passing for peak in peaks]


def test_arrows_peak_is_told_in_the_round_in_which_it_rose(program):
    found = program().owns("resident", *[100] * 5)
    found.owns("arrow.mimalloc", 0, 0, 0, 0, 0, peaks=(7, 7, 900, 900, 950))
    found.owns("traced", 0, 0, 0, 0, 0, peaks=(5, 6, 7, 8, 9))
    peaks = found.analysis().peaks
    assert [None, 900, None, 950] == [peak.arrow for peak in peaks]
    assert [6, 7, 8, 9] == [peak.traced for peak in peaks]


def test_steps_are_told_in_their_order(program):
    found = program().gave_back("gc.collect()", 50, 50).gave_back("malloc_trim(0)", 50, 20).analysis().given_back
    assert [("gc.collect()", 50, 50), ("malloc_trim(0)", 50, 20)] == [
        (step.action, step.before, step.after) for step in found
    ]
