"""The plain-text summary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.model import Verdict
from snapdiff.report import render

LEAK = """\
Leak: `Cart.by_id` gains 1 `Item` per call (144 B), held by `module app`.

round                   Item  objects  reading
first call                +1     +953  initialisation, and 1 call × 1
next 10 calls            +10      +11  leak: 10 calls × 1
next 151 calls          +151     +153  leak: 151 calls × 1
next 302 calls (extra)  +302     +302  leak: 302 calls × 1

The rounds follow each other in one process, with a garbage collection before
each count. Initialisation leaves something in the first call and nothing after
it. A leak leaves the same number for every call, in every round.

Rounds marked extra are not part of the plan (1, 10, 151 calls). They ran
because something grew in the last planned round, each longer than the one
before: what fills up slows down or stops in them, and only what keeps its rate
is called a leak.

Not bounded within 464 calls: no limit was reached in all the rounds together,
and none can be read from what holds it. If your program has a limit beyond
that number, give `--rounds` larger numbers: the growth then stops.

1. Leak: `Cart.by_id` gains 1 `Item` per call (144 B), held by `module app`.
     module app
     ╰→ .Cart  (type)
       ╰→ .by_id  (dict, 464 entries)
         ╰→ app.cart.Item  (+1 per call)
   grown at app/cart.py:42 in add
   born at app/cart.py:41 in add (100 % of the survivors)
   cure: This dict lives as long as the process, and so does every entry of it.
   Remove the entry when its work is done, bound it (drop the oldest beyond a
   maximum), or use weakref.WeakValueDictionary if it is only an index of
   things that others own.
   fingerprint 3f9c1a7be204

Suppressed by leak:app/plugins.py:* (plugins are never unloaded, see #142): 1
  - Leak: `plugins.loaded` gains 1 `Plugin` per call (48 B).

Resident memory 52.0 MiB at the last checkpoint: mapped files 21.0 MiB (40 %),
kept for reuse 20.0 MiB (38 %), Python objects 7.0 MiB (13 %), unexplained 8 %.
Since the first checkpoint it grew by 4.0 MiB: Python objects +4.0 MiB.
Round 2 (10 calls) rose to 2.9 GiB and gave 2.9 GiB of it back before its end.
Round 4 (302 calls) rose to at least 90.0 MiB and gave 38.0 MiB of it back
before its end.
"""


def test_what_is_inconclusive_says_why(build):
    finding = build.finding(verdict=Verdict.INCONCLUSIVE, doubt="the rate falls: this may fill up and stop")
    for form, line in (("text", "   why: the rate falls"), ("markdown", "- why: the rate falls")):
        told = render(replace(build.leaking(), findings=(finding,)), form)
        assert f"{line}: this may fill up and stop\n" in told
    assert "why: " not in render(build.leaking(), "text")


def test_memory_outside_the_heap_is_allocated_and_has_no_survivors(build):
    finding = build.finding(domain="native")
    finding = replace(finding, born_at=(replace(finding.born_at[0], born=None, share=0.7),))
    told = render(replace(build.leaking(), findings=(finding,)), "text")
    assert "   allocated at app/cart.py:41 in add (70 % of the memory that stays)\n" in told


def test_a_leak_is_told_in_full(build):
    assert LEAK == render(replace(build.leaking(), findings=(build.finding(),)), "text")


def test_other_containers_are_told_with_what_has_to_let_go(build):
    finding = build.finding(other_containers=("module app → recent", "module app → by_name"))
    text = render(replace(build.leaking(), findings=(finding,)), "text")
    assert "   also: module app → recent, module app → by_name; all of them must let go" in text


def test_what_is_not_a_leak_has_no_cure(build):
    finding = build.finding(verdict=Verdict.SATURATING)
    assert "cure:" not in render(replace(build.clean(), findings=(finding,)), "text")


def test_a_clean_run_tells_its_rounds_and_no_findings(build):
    text = render(build.clean(), "text")
    assert text.startswith("Clean: nothing")
    assert "next 151 calls        0         0  nothing more" in text
    assert "fingerprint" not in text


def test_an_incomplete_run_tells_how_it_ended_and_why_to_doubt(build):
    text = render(build.incomplete(), "text")
    assert "The run is incomplete: by signal 9 (SIGKILL)" in text
    assert "- run is complete: 1 of 3 rounds." in text


def test_many_findings_are_cut_and_counted(build):
    text = render(build.huge(), "text")
    assert "and 290 more findings." in text
    assert len(text) < 20_000


def test_a_finding_of_unknown_type_has_no_column_of_its_own(build):
    finding = build.finding(type=None, verdict=Verdict.ONE_TIME, growth=(951, 0, 0))
    text = render(replace(build.clean(), verdict=Verdict.ONE_TIME, findings=(finding,)), "text")
    assert "round           objects  per call" in text


def test_the_text_fits_a_terminal_of_80_columns(build):
    for analysis in (build.leaking(), build.clean(), build.incomplete()):
        assert 80 > max(map(len, render(analysis, "text").splitlines()))


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ("Item", {}),
        ("…", {"type": "app.AVeryLongNameOfAType"}),
        ("entries", {"unit": "entries"}),
        ("bytes", {"unit": "bytes"}),
        ("blocks", {"unit": "blocks", "type": None}),
        ("freed", {"verdict": Verdict.CYCLE}),
    ],
)
def test_the_column_of_a_finding_is_named_shortly(build, expected, changes):
    text = render(replace(build.leaking(), findings=(build.finding(**changes),)), "text")
    head = next(line for line in text.splitlines() if line.startswith("round "))
    assert expected in head
    assert len(head) < 60
