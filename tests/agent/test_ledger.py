"""What is in use is found again in the ledger, under the owner that holds it."""

from __future__ import annotations

import sys

import pytest

MIB = 1024 * 1024
PROGRAM = "owners_of_memory.py"

#: MiB that `everything` in that program takes, by part. A small list of one number takes 112 bytes in three blocks of
#: pymalloc's, and a pointer in a large list.
TAKEN = {
    "python.large": 64 + 3,
    "native": 40 + 24 + 4,
    "malloc.kept": 48,
    "shared": 16,
    "stacks": 16,
    "unexplained": 32,
}
SMALL_OBJECTS = 400_000 * 112 / MIB

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="owners are asked on Linux only")


@pytest.fixture
def taken(measure):
    """Return how many MiB more a program holds that takes some of every kind than one that takes nothing, by part."""

    def run(**options):
        found = []
        for setup in (None, "everything"):
            report = measure(f"{PROGRAM}:nothing", rounds=(1, 2), setup=setup, **options)
            rows = {row["owner"]: row for row in report["ledger"]}
            for at, total in enumerate(rows["resident"]["bytes"]):
                assert total == sum(row["bytes"][at] for row in rows.values() if row["kind"] == "part")
            assert (0, True) == (report["control"]["objects"], report["control"]["ran"])
            found.append({owner: row["bytes"][-1] / MIB for owner, row in rows.items()})
        without, having = found
        return {owner: having[owner] - without.get(owner, 0) for owner in having}

    return run


def assert_found_again(found, chunks_are_found=True):
    differences = {owner: found.get(owner, 0) - size for owner, size in TAKEN.items()}
    if not chunks_are_found:
        # 512 MiB that were never touched are then taken to be resident, as far as nobody else holds that much.
        assert found["native"] >= TAKEN["native"] - 3
        differences.pop("native")
        differences.pop("unexplained")
    assert {} == {owner: off for owner, off in differences.items() if abs(off) > 3}
    assert found["python.small"] == pytest.approx(SMALL_OBJECTS, abs=3)
    assert found["sqlite"] == pytest.approx(4, abs=1)


def test_memory_of_every_kind_is_found_under_its_owner(taken):
    assert_found_again(taken())


def test_memory_of_every_kind_is_found_under_its_owner_while_everything_is_traced(taken):
    assert_found_again(taken(trace="rounds"))


@pytest.mark.parametrize("python", ["3.9"], indirect=True)
def test_an_interpreter_without_the_walker_asks_through_ctypes(taken, python):
    assert_found_again(taken(python=python), chunks_are_found=False)
