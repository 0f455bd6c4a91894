"""Traced memory by tracemalloc's domain."""

from __future__ import annotations

import pytest


def test_domains_are_named_and_the_largest_comes_first(program):
    found = program().domain(0, 5, 6, 7, 8, 9).domain(389047, 0, 1, 1, 2, 20).domain(77, 0, 0, 0, 0, 9).analysis()
    numpy, python, other = found.domains
    assert (389047, "NumPy’s array data", (0, 1, 1, 2, 20)) == (numpy.number, numpy.name, numpy.blocks)
    assert (0, "Python’s own allocators", (50, 60, 70, 80, 90)) == (python.number, python.name, python.bytes)
    assert (77, "domain 77", (0, 0, 0, 0, 9)) == (other.number, other.name, other.blocks)
    assert all(f"domain {domain.number}" in domain.source for domain in found.domains)


def test_what_was_not_traced_is_not_known(program):
    assert program(traced=False).domain(0, 1, 1, 1, 1, 1).analysis().domains is None


def test_a_recording_of_before_domains_were_told_does_not_know_them(program):
    assert program(traced=True).analysis().domains is None


def test_rounds_of_which_some_were_not_traced_have_no_domains(program):
    found = program().domain(0, 1, 1, 1, 1, 1).checkpoints(traced_bytes=(None, 5, 5, 5, 5))
    assert found.analysis().domains is None


@pytest.mark.parametrize("again", [False, True])
def test_domains_are_those_of_the_traced_rounds(program, again):
    found = program(again=again).domain(0, 1, 2, 3, 4, 5).analysis()
    assert (1, 2, 3, 4, 5) == found.domains[0].blocks
    assert 1 + len(found.line_rounds) == len(found.domains[0].blocks)
    assert again == bool(found.traced_rounds)
