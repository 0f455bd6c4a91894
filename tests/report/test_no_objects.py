"""Findings of what is no object, on the page and in text: units, kinds, places, cures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.model import Frame, GrownAt, Verdict
from snapdiff.analysis.sentences import finding_sentence
from snapdiff.report import gains, render
from snapdiff.report.charts import growth_chart

NOTHING = {
    "type": None, "other_types": (), "container": None, "chain": (), "grown_at": (), "graph": None, "path_graph": None,
    "leak_share_bytes": None, "not_shared_bytes": None,
}  # fmt: skip
#: Domain, unit, bytes a call, what the page says of the kind, the unit in the table, and a part of the cure.
KINDS = [
    ("fd", "descriptors", 0.0, "file descriptors", "open file descriptors", "with block"),
    ("thread", "threads", 0.0, "threads", "threads", "join()"),
    ("task", "tasks", 0.0, "asyncio tasks", "unfinished asyncio tasks", "asyncio.timeout()"),
    ("process", "processes", 0.0, "child processes", "child processes", "Wait for each child"),
    ("native", "bytes", 32.0, "memory outside the Python heap", "bytes outside the Python heap", "taken in C"),
    ("arrow", "bytes", 65_536.0, "memory of an Arrow pool", "bytes outside the Python heap", "Drop the slices"),
]


def outside(build, domain, unit, size, **changes):
    """The leaking analysis with one finding of what is no object."""
    finding = build.finding(domain=domain, unit=unit, bytes_per_iteration=size, **NOTHING, **changes)
    finding = replace(finding, sentence=finding_sentence(finding))
    return replace(build.leaking(), findings=(finding,), sentence=finding.sentence)


@pytest.mark.parametrize("words", KINDS, ids=lambda words: words[0])
def test_every_domain_has_its_words_on_the_page(build, words):
    domain, unit, size, kind, counted, cured = words
    analysis = outside(build, domain, unit, size)
    html = render(analysis, "html")
    assert f"straight line, {kind}" in html
    assert counted == gains.counted(analysis.findings[0], 40)
    assert counted in html
    assert cured in html
    assert cured in " ".join(render(analysis, "text").split())


def test_what_they_are_and_where_they_wait_is_told(build):
    waits = (GrownAt(Frame("app/pool.py", 20, "work"), ()),)
    analysis = outside(build, "thread", "threads", 0.0, kinds=("Thread-# (work)",), waits_at=waits)
    html, text = render(analysis, "html"), render(analysis, "text")
    for part in ("What they are", "Thread-# (work)", "Waits at", "app/pool.py:20"):
        assert part in html
    assert "waits at app/pool.py:20 in work" in text


def test_no_bytes_are_told_where_none_are_known(build):
    assert "0 B per call" not in render(outside(build, "fd", "descriptors", 0.0), "html")


def test_the_curve_of_many_bytes_is_in_mebibytes(build):
    curve = tuple((calls, calls * 65_536) for calls in (0, 1, 11, 162, 464))
    chart = growth_chart(outside(build, "native", "bytes", 65_536.0, curve=curve), "chart")
    assert "MiB" in chart
    assert "e+0" not in chart


def test_a_run_that_was_not_traced_says_that_tracing_does_not_see_what_grows(build):
    analysis = outside(build, "fd", "descriptors", 0.0)
    method = replace(analysis.method, trace="auto", traced="nothing")
    html = render(replace(analysis, method=method, traced_rounds=()), "html")
    assert "tracing does not see what did" in html
    assert "nothing was growing" not in html


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ("Slow leak: 1 file descriptor per 40 calls is left open.", {"verdict": Verdict.SLOW_LEAK, "rate": 0.025}),
        ("Inconclusive: 2 file descriptors per call are left open.", {"verdict": Verdict.INCONCLUSIVE, "rate": 2.0}),
    ],
)
def test_rates_and_verdicts_of_counts_are_said_as_those_of_objects(build, expected, changes):
    rate = changes.pop("rate")
    finding = build.finding(
        domain="fd", unit="descriptors", objects_per_iteration=rate, born_at=(), bytes_per_iteration=0.0,
        **NOTHING, **changes,
    )  # fmt: skip
    assert expected == finding_sentence(finding)
