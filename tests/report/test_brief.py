"""What `check` says beside the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.model import Verdict
from snapdiff.report.brief import brief_lines


def test_a_leak_has_the_lines_to_look_at(build):
    analysis = replace(build.leaking(), findings=(build.finding(),))
    assert ["grown at app/cart.py:42 in add, born at app/cart.py:41 in add"] == brief_lines(analysis)


def test_a_line_that_makes_and_keeps_is_told_once(build):
    finding = build.finding()
    here = replace(finding, grown_at=(replace(finding.grown_at[0], frame=finding.born_at[0].frame),))
    assert ["grown and born at app/cart.py:41 in add"] == brief_lines(replace(build.leaking(), findings=(here,)))


@pytest.mark.parametrize("unknown", ["born_at", "grown_at"])
def test_what_the_sentence_has_is_not_told_again(build, unknown):
    finding = replace(build.finding(), **{unknown: ()})
    assert [] == brief_lines(replace(build.leaking(), findings=(finding,)))


def test_memory_outside_the_heap_is_allocated_not_born(build):
    finding = build.finding(domain="native")
    finding = replace(finding, born_at=(replace(finding.born_at[0], born=None),))
    (line,) = brief_lines(replace(build.leaking(), findings=(finding,)))
    assert "grown at app/cart.py:42 in add, allocated at app/cart.py:41 in add" == line


def test_each_leak_after_the_first_is_told_with_its_sentence_up_to_five(build):
    leaks = tuple(build.finding(sentence=f"Leak: number {number}.", grown_at=()) for number in range(7))
    lines = brief_lines(replace(build.leaking(), findings=leaks))
    assert [*(f"and: Leak: number {number}." for number in range(1, 5)), "and 2 more, see the report"] == lines


def test_what_is_no_leak_is_not_told(build):
    harmless = build.finding(verdict=Verdict.SATURATING, sentence="Not a leak.")
    assert 1 == len(brief_lines(replace(build.leaking(), findings=(build.finding(), harmless))))
    assert [] == brief_lines(build.clean())


def test_what_is_inconclusive_says_why(build):
    finding = build.finding(verdict=Verdict.INCONCLUSIVE, doubt="the rate falls: this may fill up and stop")
    analysis = replace(build.leaking(), verdict=Verdict.INCONCLUSIVE, findings=(finding,))
    assert ["why: the rate falls: this may fill up and stop"] == brief_lines(analysis)
